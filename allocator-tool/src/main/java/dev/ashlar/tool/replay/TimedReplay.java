package dev.ashlar.tool.replay;

import dev.ashlar.tool.memory.BlockMemory;
import java.util.Arrays;
import java.util.List;

/** Replays a trace in any memory for code and tells the time alone: what a heap and its rivals can be compared by. */
public final class TimedReplay {

    private TimedReplay() {}

    /**
     * {@return nanoseconds for one event, contents written and published; the median over the passes, after a warm-up}
     *
     * @param memory empty; stays open
     * @param passCount at least 1
     */
    public static double nanosPerEvent(Trace trace, BlockMemory memory, int passCount) {
        Worker worker = new Worker(trace, memory, new Contents.Copy(memory, trace.byteSizeMax()), 1, 0, 1);
        try (Crew crew = new Crew(List.of(worker))) {
            Passes passes = new Passes(crew, trace.eventCount());
            passes.warmUp();
            double[] nanos = new double[passCount];
            for (int pass = 0; pass < passCount; pass++) {
                nanos[pass] = passes.timed(Passes::doNotLook).nanosPerEvent();
            }
            Arrays.sort(nanos);
            return nanos[passCount / 2];
        }
    }
}
