package dev.ashlar.tool.soak;

/**
 * What a soak test does.
 *
 * @param minutes how long it works; 0 for no limit
 * @param operations operations of all threads together after which it stops at the end of the phase; 0 for no limit
 * @param threads threads that work at once
 * @param seed of the random numbers
 */
public record SoakOptions(int minutes, long operations, int threads, long seed) {
    private static final int THREADS_MAX = 64;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public SoakOptions {
        if (threads < 1 || threads > THREADS_MAX) {
            throw new IllegalArgumentException("threads must be 1 to " + THREADS_MAX + ": threads=" + threads);
        }
        if (minutes < 0 || operations < 0) {
            throw new IllegalArgumentException("neither minutes nor operations can be negative: minutes=" + minutes
                    + ", operations=" + operations);
        }
        if (minutes == 0 && operations == 0) {
            throw new IllegalArgumentException("minutes or operations must be at least 1: both are 0");
        }
    }
}
