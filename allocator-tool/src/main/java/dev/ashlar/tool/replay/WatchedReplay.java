package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.BlockMemory;

/** Replays a trace once in any memory for code and lets somebody look at it on the way. */
public final class WatchedReplay {

    private WatchedReplay() {}

    /**
     * Replays with contents written, and frees what the trace leaves alive.
     *
     * @param memory stays open
     * @param eventsPerLook events from one look to the next
     * @param look called on this thread after so many events, and before anything is freed at the end
     */
    public static void run(Trace trace, BlockMemory memory, int eventsPerLook, Runnable look) {
        Worker worker = new Worker(trace, memory, new Contents.Copy(memory, trace.byteSizeMax()), 1, 0, 1);
        for (int from = 0; from < trace.eventCount(); from += eventsPerLook) {
            worker.step(from, Math.min(trace.eventCount(), from + eventsPerLook));
            look.run();
        }
        worker.freeSurvivors();
    }
}
