package dev.ashlar.tool.replay;

import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.memory.BlockMemory;
import java.util.List;
import java.util.stream.IntStream;

/** Replays a trace in any memory, on one thread, with contents written and published: for comparisons. */
public final class MemoryReplay {

    private MemoryReplay() {}

    /**
     * {@return nanoseconds for one event: the median over the passes, after a warm-up}
     *
     * @param memory empty; stays open
     * @param passCount at least 1
     */
    public static double nanosPerEvent(Trace trace, BlockMemory memory, int passCount) {
        try (Passes passes = new Passes(List.of(worker(trace, memory)))) {
            passes.warmUp();
            return Spread.of(IntStream.range(0, passCount)
                    .mapToObj(_ -> passes.timed(() -> {}).nanosPerEvent())
                    .toList()).median();
        }
    }

    /**
     * Replays a trace once, on the calling thread, and frees the objects that it leaves alive.
     *
     * @param memory stays open
     * @param eventsPerLook events from one look to the next
     * @param look called after each such part, the last time before the objects left alive are freed
     */
    public static void run(Trace trace, BlockMemory memory, int eventsPerLook, Runnable look) {
        Worker worker = worker(trace, memory);
        for (int from = 0; from < trace.eventCount(); from += eventsPerLook) {
            worker.step(from, Math.min(trace.eventCount(), from + eventsPerLook));
            look.run();
        }
        worker.freeSurvivors();
    }

    private static Worker worker(Trace trace, BlockMemory memory) {
        return new Worker(trace, memory, new Contents(Contents.Kind.COPY, memory, trace.byteSizeMax()), 1, 0, 1);
    }
}
