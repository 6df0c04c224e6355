package dev.ashlar.fault;

/** The places that a call passes where the JVM may throw an Error: counts them, and throws at a chosen one. */
// The Error is made before the call, because the call may have no stack left. A thread is compared by identity.
@SuppressWarnings({"StaticAssignmentOfThrowable", "ReferenceEquality"})
public final class ErrorPoint {
    private static Thread armed;
    private static long passed;
    private static long chosen;
    private static Error error;

    private ErrorPoint() {}

    /** Counts the places that the current thread passes from now on; the {@code nth} throws {@code thrown}. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // its trace is filled in where it is thrown
    public static void arm(long nth, Error thrown) {
        passed = 0;
        chosen = nth;
        error = thrown;
        armed = Thread.currentThread();
    }

    /**
     * Throws nothing from now on.
     *
     * @return how many places were passed
     */
    public static long disarm() {
        armed = null;
        return passed;
    }

    /** Called by the rewritten classes at each place. */
    @SuppressWarnings("ReferenceEquality") // a test may have its own subclass of Thread
    public static void pass() {
        if (armed == Thread.currentThread() && ++passed == chosen) {
            error.fillInStackTrace();
            throw error;
        }
    }
}
