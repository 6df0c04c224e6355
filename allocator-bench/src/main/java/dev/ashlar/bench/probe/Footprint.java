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
 * <p>Arguments: {@code kind}, {@code memory}, {@code live}, {@code turnovers}.
 */
public final class Footprint {

    /** Reads of the kernel's file, so that the JVM compiles the reading before the first figure. */
    private static final int WARM_UP_READS = 30;
    /** Few blocks, so that what the memory keeps of them does not count. */
    private static final int WARM_UP_BLOCKS = 100;
    private static final int WARM_UP_ROUNDS = 1_500;

    private final BlockMemory memory;
    private final LiveBlocks live;
    private final Map<String, Double> figures = new HashMap<>();
    private long heldBefore;

    private Footprint(BlockMemory memory, int count, int turnovers) {
        this.memory = memory;
        Draws draws = new Draws(SizeMix.MIXED, count, 1, (turnovers + 2) * count);
        this.live = new LiveBlocks(memory, draws, count, 0);
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        try (BlockMemory memory = given.openMemory()) {
            int turnovers = given.number("turnovers");
            Map<String, Double> figures = new Footprint(memory, given.number("live"), turnovers).measure(turnovers);
            Answer.write(new Answer(figures, BackingNote.of(memory)));
        }
    }

    private Map<String, Double> measure(int turnovers) {
        int warmUpBlocks = Math.min(WARM_UP_BLOCKS, live.count());
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            live.grow(warmUpBlocks).shrink(warmUpBlocks);
        }
        for (int read = 0; read < WARM_UP_READS; read++) {
            heldBefore = HeldMemory.byteSize();
        }
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
        double held = (HeldMemory.byteSize() - heldBefore) / liveByteSize;
        HeapStats stats = memory.stats().orElse(null);
        if (stats == null) {
            figures.put(moment, held);
            return;
        }
        figures.put(moment, stats.committedByteSize() / liveByteSize);
        figures.put(moment + "-seen", held);
        figures.merge("metadata", 100.0 * stats.metadataByteSize() / stats.committedByteSize(), Math::max);
    }
}
