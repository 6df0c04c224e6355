package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.report.HeapStats;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.HashMap;
import java.util.Map;

/**
 * Measures the memory of live blocks as a multiple of the requested bytes: after growth, after random replacement,
 * after a random half is freed, and after growing back.
 *
 * <p>For Ashlar, counts the committed regions of the heap, and as a check also the kernel's figure. For a rival, counts
 * what the kernel says that the process holds more than before the first block ({@link HeldMemory}).
 *
 * <p>Arguments: {@code kind}, {@code memory}, {@code live}, {@code turnovers}; {@code remote} is 1 if another thread frees
 * the blocks, else 0.
 */
public final class Footprint {

    /** Few blocks, so that what the memory keeps of them does not count. */
    private static final int WARM_UP_BLOCKS = 100;
    private static final int WARM_UP_ROUNDS = 1_500;

    private final BlockMemory memory;
    private final LiveBlocks live;
    private final HeldMemory held;
    private final Map<String, Double> figures = new HashMap<>();

    private Footprint(BlockMemory memory, int count, int turnovers) {
        this.memory = memory;
        Draws draws = new Draws(SizeMix.MIXED, count, 1, (turnovers + 2) * count);
        this.live = new LiveBlocks(memory, draws, count, 0);
        int warmUpBlocks = Math.min(WARM_UP_BLOCKS, count);
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            live.grow(warmUpBlocks).shrink(warmUpBlocks);
        }
        this.held = new HeldMemory();
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        BlockMemory opened = given.openMemory();
        try (BlockMemory memory = given.number("remote") == 1 ? new RemoteFrees(opened) : opened) {
            int turnovers = given.number("turnovers");
            Map<String, Double> figures = new Footprint(memory, given.number("live"), turnovers).measure(turnovers);
            Answer.write(new Answer(figures, BackingNote.of(memory)));
        }
    }

    private Map<String, Double> measure(int turnovers) {
        live.grow();
        note("grown");
        replace(live.count());
        note("churned");
        if (turnovers > 1) {
            replace((turnovers - 1) * live.count());
            note("churned-" + turnovers);
        }
        live.freeHalf();
        note("halved");
        live.grow();
        note("refilled");
        return figures;
    }

    private void replace(int times) {
        for (int time = 0; time < times; time++) {
            live.replace();
        }
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
