package dev.ashlar.tool.replay;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * A part of a replay, or the sum of several.
 *
 * @param nanos the time, summed over threads
 * @param javaByteSize bytes of allocated Java objects
 */
record Lap(long nanos, long javaByteSize, long eventCount) {

    static final Lap NONE = new Lap(0, 0, 0);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** {@return time and garbage of one pass of a worker, on the calling thread} */
    static Lap of(Worker worker) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        worker.pass();
        long nanos = System.nanoTime() - start;
        return new Lap(nanos, THREADS.getCurrentThreadAllocatedBytes() - bytes, worker.eventsPerPass());
    }

    Lap plus(Lap other) {
        return new Lap(nanos + other.nanos, javaByteSize + other.javaByteSize, eventCount + other.eventCount);
    }

    double nanosPerEvent() {
        return (double) nanos / eventCount;
    }
}
