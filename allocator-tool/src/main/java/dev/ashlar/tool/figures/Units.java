package dev.ashlar.tool.figures;

import java.util.Locale;

/** Formats numbers for people. */
public final class Units {

    private static final long KIB = 1024;
    private static final long MIB = KIB * 1024;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    /** Figures below stay in nanoseconds, so that they can be compared with smaller ones. */
    private static final double LONG_NANOS = 1e5;

    private Units() {}

    /** {@return a count with separated thousands, such as 40,207} */
    public static String count(long value) {
        return format("%,d", value);
    }

    /** {@return a count with its noun, such as {@code 1 thread} or {@code 2 threads}} */
    public static String count(long value, String noun) {
        return count(value) + " " + noun + (value == 1 ? "" : "s");
    }

    /** {@return bytes in the unit that leaves a few digits} */
    public static String bytes(long byteSize) {
        if (byteSize >= MIB) {
            return format("%.2f MiB", (double) byteSize / MIB);
        }
        return byteSize >= KIB ? format("%.1f KiB", (double) byteSize / KIB) : byteSize + " B";
    }

    /** {@return a time in the unit that leaves a few digits} */
    public static String nanos(double nanos) {
        return nanos >= NANOS_PER_MICRO ? format("%.2f us", nanos / NANOS_PER_MICRO) : format("%.1f ns", nanos);
    }

    /** {@return a part of a whole in percent; 0 of 0 is 100 %} */
    public static String percent(long part, long whole) {
        if (part == whole) {
            return "100 %";
        }
        // Rounded down: 99.96 % must not look like 100 %.
        return format("%.1f %%", Math.floor(1000.0 * part / whole) / 10);
    }

    /**
     * {@return a measured figure with its unit, such as {@code 5.43 ns}, {@code 29.7 ms} or {@code 1.070 x}}
     *
     * @param unit {@code ns}, {@code x} for a ratio, or {@code %}
     */
    public static String figure(double value, String unit) {
        if (unit.equals("ns") && value >= NANOS_PER_MILLI) {
            return digits(value / NANOS_PER_MILLI, unit) + " ms";
        }
        if (unit.equals("ns") && value >= LONG_NANOS) {
            return digits(value / NANOS_PER_MICRO, unit) + " us";
        }
        return digits(value, unit) + " " + unit;
    }

    /** {@return a figure without its unit, with three significant digits; a ratio has three decimal places} */
    public static String digits(double value, String unit) {
        if (unit.equals("x")) {
            return format("%.3f", value);
        }
        if (value >= 100) {
            return format("%,.0f", value);
        }
        return value >= 10 ? format("%.1f", value) : format("%.2f", value);
    }

    /** {@return a quotient of two figures, such as {@code 0.56} or {@code 0.0213}} */
    public static String ratio(double ratio) {
        return ratio < 0.1 ? format("%.4f", ratio) : format("%.2f", ratio);
    }

    private static String format(String pattern, Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
