package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.report.HeapStats;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.replay.MemoryReplay;
import dev.ashlar.tool.replay.Trace;
import java.util.Map;

/**
 * Replays a trace, with contents written and published. Measures the time of an event, or the peak of the memory as a
 * multiple of the peak of the live bytes. The peak is given in full and less one region of 2 MiB, which a heap of whole
 * regions may have begun. Ashlar knows its peak; the memory of a rival is read every few hundred events.
 *
 * <p>Arguments: {@code kind=code}, {@code memory}, {@code trace} (a file), {@code figure=time} or {@code figure=peak}.
 */
public final class TraceReplay {

    private static final int PASS_COUNT = 5;
    private static final long REGION_BYTE_SIZE = 2L << 20;
    private static final int EVENTS_PER_READ = 500;

    private TraceReplay() {}

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        Trace trace = given.trace();
        try (BlockMemory memory = given.openMemory()) {
            Map<String, Double> figures = switch (given.word("figure")) {
                case "time" -> Map.of("time", MemoryReplay.nanosPerEvent(trace, memory, PASS_COUNT));
                case "peak" -> peak(trace, memory);
                default -> throw new IllegalArgumentException("unknown figure: figure=" + given.word("figure"));
            };
            Answer.write(new Answer(figures, BackingNote.of(memory)));
        }
    }

    private static Map<String, Double> peak(Trace trace, BlockMemory memory) {
        // Let the JVM compile the replay on another memory, so that its own memory does not count.
        try (BlockMemory other = Rival.CODE_HARNESS.open(1)) {
            MemoryReplay.run(trace, other, EVENTS_PER_READ, () -> {});
        }
        HeldMemory held = new HeldMemory();
        long[] peak = {0};
        MemoryReplay.run(trace, memory, EVENTS_PER_READ, () -> peak[0] = Math.max(peak[0], held.byteSize()));
        double byteSize = memory.stats().map(HeapStats::peakCommittedByteSize).orElse(peak[0]);
        return Map.of("whole", byteSize / trace.peakLiveByteSize(),
                "less-one", (byteSize - REGION_BYTE_SIZE) / trace.peakLiveByteSize());
    }
}
