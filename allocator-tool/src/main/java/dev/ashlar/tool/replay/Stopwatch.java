package dev.ashlar.tool.replay;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What a stretch of work on the current thread took: time and garbage. */
final class Stopwatch {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Stopwatch() {}

    /** {@return time and garbage of one pass of a worker, on the calling thread} */
    static Lap pass(Worker worker) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        worker.pass();
        long nanos = System.nanoTime() - start;
        return new Lap(nanos, THREADS.getCurrentThreadAllocatedBytes() - bytes, worker.eventsPerPass());
    }

    /**
     * One stretch of work, or the sum of several.
     *
     * @param nanos the time, summed over threads
     * @param javaByteSize bytes of Java objects allocated
     * @param eventCount events executed
     */
    record Lap(long nanos, long javaByteSize, long eventCount) {

        static final Lap NONE = new Lap(0, 0, 0);

        Lap plus(List<Lap> others) {
            Lap sum = this;
            for (Lap other : others) {
                sum = new Lap(sum.nanos + other.nanos, sum.javaByteSize + other.javaByteSize,
                        sum.eventCount + other.eventCount);
            }
            return sum;
        }

        double nanosPerEvent() {
            return (double) nanos / eventCount;
        }
    }
}
