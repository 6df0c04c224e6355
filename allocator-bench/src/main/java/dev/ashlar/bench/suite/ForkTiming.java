package dev.ashlar.bench.suite;

/**
 * The iterations of a fork of JMH.
 *
 * @param warmUpCount iterations that do not count, on one thread
 * @param warmUpMillis milliseconds of each
 * @param measuredCount iterations whose median counts
 * @param measuredMillis milliseconds of each
 */
public record ForkTiming(int warmUpCount, int warmUpMillis, int measuredCount, int measuredMillis) {

    /** What threads that use all processors leave to the compiler makes their warm-up longer. */
    private static final int WARM_UPS_WITH_THREADS = 3;

    /** {@return the iterations that do not count, on a number of threads} */
    int warmUpCount(int threads) {
        return threads > 1 ? WARM_UPS_WITH_THREADS * warmUpCount : warmUpCount;
    }

    /** {@return the milliseconds of one fork, with the start of its JVMs} */
    long millis(int threads) {
        return (long) warmUpCount(threads) * warmUpMillis + (long) measuredCount * measuredMillis + 1_000;
    }
}
