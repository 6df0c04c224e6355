package dev.ashlar.bench.suite;

/**
 * The iterations of a fork of JMH.
 *
 * @param warmUpCount iterations that do not count
 * @param warmUpMillis milliseconds of each
 * @param measuredCount iterations whose median counts
 * @param measuredMillis milliseconds of each
 */
public record ForkTiming(int warmUpCount, int warmUpMillis, int measuredCount, int measuredMillis) {

    /** {@return the milliseconds of one fork, with the start of its JVMs} */
    long millis() {
        return (long) warmUpCount * warmUpMillis + (long) measuredCount * measuredMillis + 1_000;
    }
}
