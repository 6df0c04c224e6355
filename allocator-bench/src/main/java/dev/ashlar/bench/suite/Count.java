package dev.ashlar.bench.suite;

/** Round counts in ids and in titles. */
final class Count {

    private static final int THOUSAND = 1_000;
    private static final int MILLION = 1_000_000;

    private Count() {}

    /** {@return a count in an id: {@code 0}, {@code 10k}, {@code 1m}} */
    static String word(int count) {
        if (count >= MILLION && count % MILLION == 0) {
            return count / MILLION + "m";
        }
        return count >= THOUSAND && count % THOUSAND == 0 ? count / THOUSAND + "k" : Integer.toString(count);
    }

    /** {@return how many are live, in a title} */
    static String live(int count) {
        return count == 0 ? "nothing live" : "%,d live".formatted(count);
    }
}
