package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingWords;
import dev.ashlar.bench.rivals.CodeRival;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.replay.Trace;
import dev.ashlar.tool.replay.WatchedReplay;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much memory a trace takes at its peak, as a multiple of what is live at its own peak: whole, and less one region
 * of 2 MiB, which a heap of whole regions may have begun. A rival's memory is looked at every few hundred events.
 *
 * <p>Arguments: {@code memory}, {@code trace}.
 */
public final class ReplayPeak {

    private static final long REGION_BYTE_SIZE = 2L << 20;
    private static final int EVENTS_PER_LOOK = 500;
    private static final int WARM_UP_LOOKS = 30;

    private ReplayPeak() {}

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        Trace trace = Traces.read(given.word("trace"));
        try (BlockMemory memory = CodeRival.of(given.word("memory")).open()) {
            Map<String, String> notes = new TreeMap<>();
            double peak = peakByteSize(trace, memory, notes);
            Map<String, Double> figures = new HashMap<>();
            figures.put("whole", peak / trace.peakLiveByteSize());
            figures.put("less-one", (peak - REGION_BYTE_SIZE) / trace.peakLiveByteSize());
            Answer.write(new Answer(figures, notes));
        }
    }

    private static double peakByteSize(Trace trace, BlockMemory memory, Map<String, String> notes) {
        // The same code on another memory first: what the JVM takes for compiling it is not the memory's.
        try (BlockMemory other = CodeRival.HARNESS.open()) {
            WatchedReplay.run(trace, other, EVENTS_PER_LOOK, () -> {});
        }
        long before = 0;
        for (int look = 0; look < WARM_UP_LOOKS; look++) {
            before = HeldMemory.byteSize();
        }
        Peak peak = new Peak(before);
        WatchedReplay.run(trace, memory, EVENTS_PER_LOOK, memory.stats().isPresent() ? () -> {} : peak::look);
        return memory.stats().map(stats -> {
            notes.put("backing", BackingWords.of(stats));
            return stats.peakCommittedByteSize();
        }).orElse(peak.byteSize);
    }

    /** The most that was held at any look. */
    private static final class Peak {
        private final long before;
        private long byteSize;

        Peak(long before) {
            this.before = before;
        }

        void look() {
            byteSize = Math.max(byteSize, HeldMemory.byteSize() - before);
        }
    }
}
