package dev.ashlar.bench.report;

/** The count in a row's id: {@code 1k} is 1,000, {@code 1m} a million. */
final class LiveCount {

    private LiveCount() {}

    static double of(String word) {
        char unit = word.charAt(word.length() - 1);
        return switch (unit) {
            case 'k' -> 1e3 * Double.parseDouble(word.substring(0, word.length() - 1));
            case 'm' -> 1e6 * Double.parseDouble(word.substring(0, word.length() - 1));
            default -> Double.parseDouble(word);
        };
    }
}
