package dev.ashlar.stubs;

/** The scheduling policy SCHED_BATCH of sched(7), for threads that work in the background. */
public final class BatchScheduling {
    private static final int SCHED_BATCH = 3;

    private BatchScheduling() {}

    /**
     * Schedules the calling thread as batch work from now on: when it wakes, it does not interrupt a thread of the
     * default policy that runs on the same processor.
     *
     * @return whether the kernel allows it; it needs no privilege, but a seccomp filter may refuse it
     */
    public static boolean enter() {
        return Libc.system().schedSetscheduler(SCHED_BATCH) == 0;
    }
}
