package dev.ashlar.bench.report;

import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The number in a row's id, behind its last dash: {@code 64} bytes, {@code 1k} or {@code 1m} blocks. */
final class RowNumber {

    private static final Pattern LAST = Pattern.compile(".*-(\\d+)([km]?)");

    private RowNumber() {}

    /** {@return the number, or empty where the id ends otherwise} */
    static OptionalDouble of(String id) {
        Matcher last = LAST.matcher(id);
        if (!last.matches()) {
            return OptionalDouble.empty();
        }
        double times = switch (last.group(2)) {
            case "k" -> 1e3;
            case "m" -> 1e6;
            default -> 1;
        };
        return OptionalDouble.of(Double.parseDouble(last.group(1)) * times);
    }
}
