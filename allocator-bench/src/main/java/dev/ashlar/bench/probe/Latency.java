package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures how long single allocations take: every allocation of a growth to a number of live blocks, and of as many
 * random replacements at full speed. All of them are in one histogram, those that commit memory too; the fresh blocks
 * of the growth are also in one of their own.
 *
 * <p>With a pace, the growth takes at least that many milliseconds for each region of 2 MiB, in bursts of a
 * millisecond, and nothing is replaced. After a pause it goes on at its pace and does not catch up.
 *
 * <p>Before, other instances of the same memory do the same at full speed, so that all code is compiled.
 *
 * <p>This is our own recorder, because JMH's sample mode may omit pauses. A time includes one read of the clock; a note
 * says what that takes.
 *
 * <p>Arguments: {@code kind}, {@code memory}, {@code live}, {@code pace} (0 for full speed).
 */
public final class Latency {

    private static final int WARM_UP_COUNT = 100_000;

    /** Instances that warm the code up. */
    private static final int WARM_UP_INSTANCE_COUNT = 4;

    private static final int WARM_UP_LIVE = 100_000;
    private static final long REGION_BYTE_SIZE = 2L << 20;
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int DIGITS = 3;

    private final BlockMemory memory;
    private final long paceMillis;
    private final Draws draws;
    private final LiveBlocks live;
    private final Histogram all = new Histogram(DIGITS);
    private final Histogram fresh = new Histogram(DIGITS);

    private Latency(BlockMemory memory, int count, int paceMillis) {
        this.memory = memory;
        this.paceMillis = paceMillis;
        this.draws = new Draws(SizeMix.MIXED, count, 1, 2 * count);
        this.live = new LiveBlocks(memory, draws, count, 0);
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        int live = given.number("live");
        int warmUpLive = Math.min(live, WARM_UP_LIVE);
        for (int instance = 0; instance < WARM_UP_INSTANCE_COUNT; instance++) {
            try (BlockMemory memory = given.openMemory()) {
                new Latency(memory, warmUpLive, 0).measure();
            }
        }
        RawMemory.useAndRelease(live * SizeMix.MEAN_BYTE_SIZE * 2);
        try (BlockMemory memory = given.openMemory()) {
            Answer.write(new Latency(memory, live, given.number("pace")).measure());
        }
    }

    private Answer measure() {
        // One block only: the first commits must still come.
        for (int round = 0; round < WARM_UP_COUNT; round++) {
            draws.advance();
            allocate(0, fresh);
            live.free(0);
        }
        clockNanos();
        all.reset();
        fresh.reset();
        grow();
        for (int time = 0; paceMillis == 0 && time < live.count(); time++) {
            allocate(live.freeVictim(), all);
        }
        all.add(fresh);
        Map<String, Double> figures = new HashMap<>(Map.of("max", (double) all.getMaxValue(),
                "fresh-p50", percentile(fresh, 50), "fresh-p99.9", percentile(fresh, 99.9)));
        for (String percent : new String[] {"50", "99", "99.9", "99.99"}) {
            figures.put("p" + percent, percentile(all, Double.parseDouble(percent)));
        }
        Map<String, String> notes = new HashMap<>(BackingNote.of(memory));
        notes.put("clock", "clock %.0f ns".formatted(clockNanos()));
        return new Answer(figures, notes);
    }

    private void grow() {
        long start = System.nanoTime();
        long byteSize = 0;
        for (int block = 0; block < live.count(); block++) {
            long due = byteSize * TimeUnit.MILLISECONDS.toNanos(paceMillis) / REGION_BYTE_SIZE;
            long early = due - (System.nanoTime() - start);
            if (early > BURST_NANOS) {
                LockSupport.parkNanos(early);
            } else if (early < -BURST_NANOS) {
                start -= early;
            }
            draws.advance();
            allocate(block, fresh);
            byteSize += draws.byteSize();
        }
    }

    private void allocate(int block, Histogram times) {
        int byteSize = draws.byteSize();
        long start = System.nanoTime();
        long address = memory.allocate(block, byteSize);
        times.recordValue(System.nanoTime() - start);
        live.put(block, address, byteSize);
    }

    private static double percentile(Histogram times, double percent) {
        return times.getValueAtPercentile(percent);
    }

    /** {@return the median difference of two successive reads of the clock} */
    private static double clockNanos() {
        Histogram differences = new Histogram(DIGITS);
        for (int read = 0; read < WARM_UP_COUNT; read++) {
            long start = System.nanoTime();
            differences.recordValue(System.nanoTime() - start);
        }
        return percentile(differences, 50);
    }
}
