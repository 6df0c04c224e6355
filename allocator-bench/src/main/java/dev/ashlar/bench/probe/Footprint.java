package dev.ashlar.bench.probe;

import dev.ashlar.report.HeapStats;
import dev.ashlar.bench.rivals.BackingWords;
import dev.ashlar.tool.child.Answer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much memory a number of live blocks takes, as a multiple of the bytes asked for: after growth, after random
 * replacement, after freeing a random half, after growing back.
 *
 * <p>Of a heap of ours its committed regions count, which is what it has taken from the host; of a rival what the
 * kernel says that the process has come to hold since before the first block ({@link HeldMemory}). For ours the
 * kernel's figure is given too, as a check of the other.
 *
 * <p>Arguments: {@code kind}, {@code memory}, {@code live}, {@code turnovers}.
 */
public final class Footprint {

    /** Reading the kernel's file must itself be compiled before the first figure. */
    private static final int WARM_UP_LOOKS = 30;

    private final Blocks blocks;
    private final LiveBlocks live;
    private final Map<String, Double> figures = new HashMap<>();
    private final Map<String, String> notes = new TreeMap<>();
    private long heldBefore;

    private Footprint(Blocks blocks, int count) {
        this.blocks = blocks;
        this.live = new LiveBlocks(blocks, count);
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        int count = given.number("live");
        try (Blocks blocks = Blocks.open(given.word("kind"), given.word("memory"), count)) {
            Answer.write(new Footprint(blocks, count).measure(given.number("turnovers")));
        }
    }

    private Answer measure(int turnovers) {
        live.warmUp();
        for (int look = 0; look < WARM_UP_LOOKS; look++) {
            heldBefore = HeldMemory.byteSize();
        }
        live.fill();
        look("grown");
        live.replace(live.count());
        look("churned");
        if (turnovers > 1) {
            live.replace((turnovers - 1L) * live.count());
            look("churned-" + turnovers);
        }
        live.freeHalf();
        look("halved");
        live.fill();
        look("refilled");
        return new Answer(figures, notes);
    }

    private void look(String moment) {
        double liveByteSize = live.byteSize();
        double held = (HeldMemory.byteSize() - heldBefore) / liveByteSize;
        HeapStats stats = blocks.stats().orElse(null);
        if (stats == null) {
            figures.put(moment, held);
            return;
        }
        figures.put(moment, stats.committedByteSize() / liveByteSize);
        figures.put(moment + "-seen", held);
        figures.merge("metadata", 100.0 * stats.metadataByteSize() / stats.committedByteSize(), Math::max);
        notes.put("backing", BackingWords.of(stats));
    }
}
