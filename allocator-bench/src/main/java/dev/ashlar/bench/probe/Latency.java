package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingWords;
import dev.ashlar.tool.child.Answer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * How long single allocations take: growth to a number of live blocks, then as many random replacements, every
 * allocation timed. Those in which a heap of ours committed more memory stand apart: they are few, cost what the host
 * takes for memory, and can be had ahead.
 *
 * <p>A time includes reading the clock once, which is told in a note.
 *
 * <p>Arguments: {@code kind}, {@code memory}, {@code live}.
 */
public final class Latency {

    private static final long NANOS_MAX = 10_000_000_000L;
    private static final int CLOCK_READS = 100_000;

    private final Blocks blocks;
    private final LiveBlocks live;
    private Histogram usual = histogram();
    private Histogram commits = histogram();

    private Latency(Blocks blocks, int count) {
        this.blocks = blocks;
        this.live = new LiveBlocks(blocks, count);
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        int count = given.number("live");
        try (Blocks blocks = Blocks.open(given.word("kind"), given.word("memory"), count)) {
            Answer.write(new Latency(blocks, count).measure());
        }
    }

    private Answer measure() {
        live.warmUp();
        warmUpTiming();
        usual = histogram();
        commits = histogram();
        for (int block = 0; block < live.count(); block++) {
            allocate(block);
        }
        replace(live.count());
        Map<String, Double> figures = new HashMap<>();
        figures.put("p50", (double) usual.getValueAtPercentile(50));
        figures.put("p99", (double) usual.getValueAtPercentile(99));
        figures.put("p99.9", (double) usual.getValueAtPercentile(99.9));
        figures.put("max", (double) usual.getMaxValue());
        if (commits.getTotalCount() > 0) {
            figures.put("commit-p50", (double) commits.getValueAtPercentile(50));
            figures.put("commit-max", (double) commits.getMaxValue());
        }
        Map<String, String> notes = new TreeMap<>();
        notes.put("clock", "clock " + clockNanos() + " ns");
        blocks.stats().ifPresent(stats -> notes.put("backing", BackingWords.of(stats)));
        return new Answer(figures, notes);
    }

    /** On few blocks, freed again: memory that was used before would have no first commits. */
    private void warmUpTiming() {
        for (int round = 0; round < CLOCK_READS; round++) {
            allocate(0);
            live.free(0);
        }
        clockNanos();
    }

    private void replace(int times) {
        for (int time = 0; time < times; time++) {
            int block = live.any();
            live.free(block);
            allocate(block);
        }
    }

    private void allocate(int block) {
        int byteSize = live.nextByteSize();
        long committed = blocks.committedByteSize();
        long start = System.nanoTime();
        long address = blocks.allocate(block, byteSize);
        long nanos = System.nanoTime() - start;
        Histogram histogram = blocks.committedByteSize() > committed ? commits : usual;
        histogram.recordValue(Math.min(nanos, NANOS_MAX));
        live.put(block, address, byteSize);
    }

    /** {@return what two reads of the clock, one after the other, mostly differ by} */
    private static long clockNanos() {
        Histogram differences = histogram();
        for (int read = 0; read < CLOCK_READS; read++) {
            long start = System.nanoTime();
            differences.recordValue(Math.min(System.nanoTime() - start, NANOS_MAX));
        }
        return differences.getValueAtPercentile(50);
    }

    private static Histogram histogram() {
        return new Histogram(NANOS_MAX, 3);
    }
}
