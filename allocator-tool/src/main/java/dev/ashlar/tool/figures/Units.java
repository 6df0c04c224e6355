package dev.ashlar.tool.figures;

import java.util.Locale;

/** Numbers as people read them. */
public final class Units {

    private static final long KIB = 1024;
    private static final long MIB = KIB * 1024;
    private static final double NANOS_PER_MICRO = 1000;

    private Units() {}

    /** {@return a count with thousands apart, such as 40,207} */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@return a count with its noun, such as {@code 1 thread} or {@code 2 threads}} */
    public static String count(long value, String noun) {
        return count(value) + " " + noun + (value == 1 ? "" : "s");
    }

    /** {@return bytes in the unit that leaves a few digits} */
    public static String bytes(long byteSize) {
        if (byteSize >= MIB) {
            return String.format(Locale.ROOT, "%.2f MiB", (double) byteSize / MIB);
        }
        return byteSize >= KIB
                ? String.format(Locale.ROOT, "%.1f KiB", (double) byteSize / KIB)
                : byteSize + " B";
    }

    /** {@return a time in the unit that leaves a few digits} */
    public static String nanos(double nanos) {
        return nanos >= NANOS_PER_MICRO
                ? String.format(Locale.ROOT, "%.2f us", nanos / NANOS_PER_MICRO)
                : String.format(Locale.ROOT, "%.1f ns", nanos);
    }

    /** {@return a part of a whole in percent; all of nothing is 100 %} */
    public static String percent(long part, long whole) {
        if (part == whole) {
            return "100 %";
        }
        // Rounded down: 99.96 % must not read 100 %.
        return String.format(Locale.ROOT, "%.1f %%", Math.floor(1000.0 * part / whole) / 10);
    }
}
