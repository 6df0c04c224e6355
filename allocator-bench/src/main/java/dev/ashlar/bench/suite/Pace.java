package dev.ashlar.bench.suite;

/**
 * How long a fork of a JMH benchmark takes.
 *
 * @param warmUpCount iterations that do not count
 * @param warmUpMillis milliseconds of each
 * @param measuredCount iterations of which the median counts
 * @param measuredMillis milliseconds of each
 */
public record Pace(int warmUpCount, int warmUpMillis, int measuredCount, int measuredMillis) {

    /** {@return milliseconds of one fork, the start of its JVMs included as seen} */
    long millis() {
        return (long) warmUpCount * warmUpMillis + (long) measuredCount * measuredMillis + 1_000;
    }
}
