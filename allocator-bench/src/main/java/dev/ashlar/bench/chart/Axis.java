package dev.ashlar.bench.chart;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Maps values to positions along an axis.
 *
 * @param from the value at the start
 * @param to the value at the end, greater than {@code from}
 * @param logarithmic whether equal ratios, not equal differences, have equal distances
 */
record Axis(double from, double to, boolean logarithmic) {

    private static final int TICK_COUNT_MAX = 6;

    /** {@return an axis over whole powers of ten that contains all positive values} */
    static Axis logarithmic(DoubleStream values) {
        double[] positive = values.filter(value -> value > 0).toArray();
        double least = DoubleStream.of(positive).min().orElse(1);
        double greatest = DoubleStream.of(positive).max().orElse(10);
        double from = Math.pow(10, Math.floor(Math.log10(least)));
        double to = Math.pow(10, Math.ceil(Math.log10(greatest)));
        return new Axis(from, Math.max(to, from * 10), true);
    }

    /** {@return an axis from a value to at least the largest, in round steps} */
    static Axis linear(double from, DoubleStream values) {
        double greatest = values.max().orElse(from + 1);
        double step = step(Math.max(greatest - from, Math.abs(from) * 1e-3 + 1e-9));
        return new Axis(from, from + step * Math.max(1, Math.ceil((greatest - from) / step)), false);
    }

    /** {@return a position from 0 to 1; values outside are moved to the nearer end} */
    double position(double value) {
        double part = logarithmic
                ? Math.log(value / from) / Math.log(to / from)
                : (value - from) / (to - from);
        return Double.isNaN(part) ? 0 : Math.clamp(part, 0, 1);
    }

    /** {@return the pixel of a value on an axis between two pixels} */
    double pixel(double value, double start, double end) {
        return start + position(value) * (end - start);
    }

    /** {@return the values with a grid line and a label} */
    List<Double> ticks() {
        if (logarithmic) {
            return DoubleStream.iterate(from, tick -> tick <= to * 1.001, tick -> tick * 10).boxed().toList();
        }
        double step = step(to - from);
        return IntStream.rangeClosed(0, (int) ((to - from) / step + 1e-3))
                .mapToObj(index -> from + index * step).toList();
    }

    /** {@return the label of a tick} */
    static String label(double value) {
        if (value >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        return value >= 1e3 ? trimmed(value / 1e3) + "k" : trimmed(value);
    }

    private static String trimmed(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
    }

    /** {@return 1, 2 or 5 times a power of ten, for few steps in the range} */
    private static double step(double range) {
        double power = Math.pow(10, Math.floor(Math.log10(range / TICK_COUNT_MAX)));
        for (double factor : new double[] {1, 2, 5}) {
            if (range / (power * factor) <= TICK_COUNT_MAX) {
                return power * factor;
            }
        }
        return power * 10;
    }
}
