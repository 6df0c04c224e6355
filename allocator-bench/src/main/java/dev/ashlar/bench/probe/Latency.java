package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

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

    private static final int WARM_UP_COUNT = 100_000;

    private final BlockMemory memory;
    private final Draws draws;
    private final LiveBlocks live;
    private final Times usual;
    private final Times commits;

    private Latency(BlockMemory memory, int count) {
        this.memory = memory;
        this.draws = new Draws(SizeMix.MIXED, count, 1, 2 * count);
        this.live = new LiveBlocks(memory, draws, count, 0);
        this.usual = new Times(Math.max(WARM_UP_COUNT, 2 * count));
        this.commits = new Times(Math.max(WARM_UP_COUNT, 2 * count));
    }

    /** Recorded times. */
    private static final class Times {
        private final long[] nanos;
        private int count;

        Times(int capacity) {
            nanos = new long[capacity];
        }

        void record(long time) {
            nanos[count++] = time;
        }

        double percentile(double percent) {
            Arrays.sort(nanos, 0, count);
            return nanos[Math.max(0, (int) Math.ceil(percent / 100 * count) - 1)];
        }
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
        usual.count = 0;
        commits.count = 0;
        for (int block = 0; block < live.count(); block++) {
            draws.advance();
            allocate(block);
        }
        for (int time = 0; time < live.count(); time++) {
            allocate(live.freeVictim());
        }
        Map<String, Double> figures = new HashMap<>(Map.of("p50", usual.percentile(50), "p99", usual.percentile(99),
                "p99.9", usual.percentile(99.9), "max", usual.percentile(100)));
        if (commits.count > 0) {
            figures.put("commit-p50", commits.percentile(50));
            figures.put("commit-max", commits.percentile(100));
        }
        Map<String, String> notes = new HashMap<>(BackingNote.of(memory));
        notes.put("clock", "clock %.0f ns".formatted(clockNanos()));
        return new Answer(figures, notes);
    }

    private void allocate(int block) {
        int byteSize = draws.byteSize();
        long committed = memory.committedByteSize();
        long start = System.nanoTime();
        long address = memory.allocate(block, byteSize);
        long nanos = System.nanoTime() - start;
        (memory.committedByteSize() > committed ? commits : usual).record(nanos);
        live.put(block, address, byteSize);
    }

    /** {@return the median difference of two successive reads of the clock} */
    private static double clockNanos() {
        Times differences = new Times(WARM_UP_COUNT);
        for (int read = 0; read < WARM_UP_COUNT; read++) {
            long start = System.nanoTime();
            differences.record(System.nanoTime() - start);
        }
        return differences.percentile(50);
    }
}
