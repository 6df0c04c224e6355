package dev.ashlar.tool.secret;

/**
 * How much is measured.
 *
 * @param count secrets that are live at once
 * @param rounds how often each kind of memory is measured
 * @param seed of the sizes and of the choice of freed secrets; each round adds one
 */
public record SecretOptions(int count, int rounds, long seed) {

    private static final int COUNT_MIN = 100;
    private static final int COUNT_MAX = 50_000;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public SecretOptions {
        if (count < COUNT_MIN || count > COUNT_MAX) {
            throw new IllegalArgumentException("count must be " + COUNT_MIN + " to " + COUNT_MAX + ": count=" + count);
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be at least 1: rounds=" + rounds);
        }
    }
}
