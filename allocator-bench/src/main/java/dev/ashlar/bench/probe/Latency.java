package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Measures how long single allocations take: every allocation of a growth to a number of live blocks, and of as many
 * random replacements. Allocations for which an Ashlar heap committed memory are reported apart: they are few, they
 * cost what the kernel needs for memory, and a user can commit ahead.
 *
 * <p>This is our own recorder, because JMH's sample mode may omit pauses. A time includes one read of the clock; a note
 * says what that takes.
 *
 * <p>Arguments: {@code kind}, {@code memory}, {@code live}.
 */
public final class Latency {

    private static final long NANOS_MAX = 10_000_000_000L;
    private static final int WARM_UP_COUNT = 100_000;

    private final BlockMemory memory;
    private final Draws draws;
    private final LiveBlocks live;
    private Histogram usual = histogram();
    private Histogram commits = histogram();

    private Latency(BlockMemory memory, int count) {
        this.memory = memory;
        this.draws = new Draws(SizeMix.MIXED, count, 1, 2 * count);
        this.live = new LiveBlocks(memory, draws, count, 0);
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        try (BlockMemory memory = given.openMemory()) {
            Answer.write(new Latency(memory, given.number("live")).measure());
        }
    }

    private Answer measure() {
        // One block only: the first commits must still come.
        for (int round = 0; round < WARM_UP_COUNT; round++) {
            draws.advance();
            allocate(0);
            live.free(0);
        }
        clockNanos();
        usual = histogram();
        commits = histogram();
        for (int block = 0; block < live.count(); block++) {
            draws.advance();
            allocate(block);
        }
        for (int time = 0; time < live.count(); time++) {
            allocate(live.freeVictim());
        }
        Map<String, Double> figures = new HashMap<>();
        figures.put("p50", (double) usual.getValueAtPercentile(50));
        figures.put("p99", (double) usual.getValueAtPercentile(99));
        figures.put("p99.9", (double) usual.getValueAtPercentile(99.9));
        figures.put("max", (double) usual.getMaxValue());
        if (commits.getTotalCount() > 0) {
            figures.put("commit-p50", (double) commits.getValueAtPercentile(50));
            figures.put("commit-max", (double) commits.getMaxValue());
        }
        Map<String, String> notes = new HashMap<>(BackingNote.of(memory));
        notes.put("clock", "clock " + clockNanos() + " ns");
        return new Answer(figures, notes);
    }

    private void allocate(int block) {
        int byteSize = draws.byteSize();
        long committed = memory.committedByteSize();
        long start = System.nanoTime();
        long address = memory.allocate(block, byteSize);
        long nanos = System.nanoTime() - start;
        Histogram histogram = memory.committedByteSize() > committed ? commits : usual;
        histogram.recordValue(Math.min(nanos, NANOS_MAX));
        live.put(block, address, byteSize);
    }

    /** {@return the median difference of two successive reads of the clock} */
    private static long clockNanos() {
        Histogram differences = histogram();
        for (int read = 0; read < WARM_UP_COUNT; read++) {
            long start = System.nanoTime();
            differences.recordValue(Math.min(System.nanoTime() - start, NANOS_MAX));
        }
        return differences.getValueAtPercentile(50);
    }

    private static Histogram histogram() {
        return new Histogram(NANOS_MAX, 3);
    }
}
