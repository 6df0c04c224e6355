package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.report.HeapStats;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import dev.ashlar.tool.workload.WorkerThreads;
import java.util.HashMap;
import java.util.Map;

/**
 * Measures the memory of live blocks as a multiple of the requested bytes: after growth, after random replacement,
 * after a random half is freed, and after growing back.
 *
 * <p>For Ashlar, counts the committed regions of the heap, and as a check also the kernel's figure. For a rival, counts
 * what the kernel says that the process holds more than before the first block ({@link HeldMemory}).
 *
 * <p>Several threads take turns with the same blocks, so that most blocks are freed by a thread that did not allocate
 * them.
 *
 * <p>Arguments: {@code kind}, {@code memory}, {@code live}, {@code turnovers}, {@code threads}.
 */
public final class Footprint {

    /** Few blocks, so that what the memory keeps of them does not count. */
    private static final int WARM_UP_BLOCKS = 100;
    private static final int WARM_UP_ROUNDS = 1_500;

    /** Blocks that a thread replaces before it is the turn of the next. */
    private static final int TURN_BLOCKS = 1_000;

    private final BlockMemory memory;
    private final LiveBlocks live;
    private final HeldMemory held;
    private final WorkerThreads threads;
    private int turn;
    private final Map<String, Double> figures = new HashMap<>();

    private Footprint(BlockMemory memory, int count, int turnovers, WorkerThreads threads) {
        this.memory = memory;
        this.threads = threads;
        Draws draws = new Draws(SizeMix.MIXED, count, 1, (turnovers + 2) * count);
        this.live = new LiveBlocks(memory, draws, count, 0);
        int warmUpBlocks = Math.min(WARM_UP_BLOCKS, count);
        for (int thread = 0; thread < threads.count(); thread++) {
            nextThread(() -> {
                for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                    live.grow(warmUpBlocks).shrink(warmUpBlocks);
                }
            });
        }
        this.held = new HeldMemory();
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        try (BlockMemory memory = given.openMemory();
                WorkerThreads threads = new WorkerThreads("turn", given.number("threads"))) {
            int turnovers = given.number("turnovers");
            Answer.write(new Answer(new Footprint(memory, given.number("live"), turnovers, threads).measure(turnovers),
                    BackingNote.of(memory)));
        }
    }

    private Map<String, Double> measure(int turnovers) {
        nextThread(live::grow);
        note("grown");
        replace(live.count());
        note("churned");
        if (turnovers > 1) {
            replace((turnovers - 1) * live.count());
            note("churned-" + turnovers);
        }
        nextThread(live::freeHalf);
        note("halved");
        nextThread(live::grow);
        note("refilled");
        return figures;
    }

    private void replace(int times) {
        for (int done = 0; done < times; done += TURN_BLOCKS) {
            nextThread(() -> {
                for (int block = 0; block < TURN_BLOCKS; block++) {
                    live.replace();
                }
            });
        }
    }

    /** Runs the work on one thread after the other. */
    private void nextThread(Runnable work) {
        int chosen = turn++ % threads.count();
        threads.run(threads.count(), index -> {
            if (index == chosen) {
                work.run();
            }
            return index;
        });
    }

    private void note(String moment) {
        double liveByteSize = live.liveByteSize();
        double seen = held.byteSize() / liveByteSize;
        HeapStats stats = memory.stats().orElse(null);
        if (stats == null) {
            figures.put(moment, seen);
            return;
        }
        figures.put(moment, stats.committedByteSize() / liveByteSize);
        figures.put(moment + "-seen", seen);
        figures.merge("metadata", 100.0 * stats.metadataByteSize() / stats.committedByteSize(), Math::max);
    }
}
