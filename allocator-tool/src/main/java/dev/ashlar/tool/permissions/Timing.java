package dev.ashlar.tool.permissions;

/**
 * A time for a number of functions.
 *
 * @param nanos nanoseconds
 * @param functionCount functions
 */
record Timing(long nanos, long functionCount) {

    static final Timing NONE = new Timing(0, 0);

    Timing plus(long moreNanos, long moreFunctions) {
        return new Timing(nanos + moreNanos, functionCount + moreFunctions);
    }

    /** {@return nanoseconds for each function, 0 where there were none} */
    double nanosPerFunction() {
        return functionCount == 0 ? 0 : (double) nanos / functionCount;
    }
}
