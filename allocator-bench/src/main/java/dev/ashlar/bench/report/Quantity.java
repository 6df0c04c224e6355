package dev.ashlar.bench.report;

import dev.ashlar.tool.figures.Spread;
import java.util.Locale;

/** Figures as people read them: three digits that mean something, and the unit. */
public final class Quantity {

    /** A ratio of memory: its second place is what is of interest. */
    private static final String TIMES = "x";
    private static final String NANOS = "ns";
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    /** Below, thousands of nanoseconds stand beside hundreds in one unit, to be compared. */
    private static final double LONG_NANOS = 1e5;

    private Quantity() {}

    /** {@return a figure with its unit, such as {@code 5.43 ns}, {@code 29.7 ms} or {@code 1.070 x}} */
    public static String text(double value, String unit) {
        if (unit.equals(NANOS) && value >= NANOS_PER_MILLI) {
            return digits(value / NANOS_PER_MILLI, unit) + " ms";
        }
        if (unit.equals(NANOS) && value >= LONG_NANOS) {
            return digits(value / NANOS_PER_MICRO, unit) + " us";
        }
        return digits(value, unit) + " " + unit;
    }

    /** {@return a ratio, such as {@code 0.56} or {@code 0.0213}} */
    public static String ratio(double ratio) {
        return ratio < 0.1 ? format("%.4f", ratio) : format("%.2f", ratio);
    }

    /** {@return a figure without its unit, with its range where that is wide} */
    static String withRange(Spread spread, String unit) {
        String median = digits(spread.median(), unit);
        boolean wide = spread.max() - spread.min() > 0.08 * spread.median();
        return wide ? median + " (" + digits(spread.min(), unit) + "-" + digits(spread.max(), unit) + ")" : median;
    }

    /** {@return a figure without its unit} */
    static String digits(double value, String unit) {
        if (unit.equals(TIMES)) {
            return format("%.3f", value);
        }
        if (value >= 100) {
            return format("%,.0f", value);
        }
        return value >= 10 ? format("%.1f", value) : format("%.2f", value);
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
