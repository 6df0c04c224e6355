package dev.ashlar.tool.figures;

import java.util.List;

/**
 * The spread of several measurements.
 *
 * @param median the middle value, or the mean of the middle two
 * @param min the smallest value
 * @param max the largest value
 */
public record Spread(double median, double min, double max) {

    /** A range above this part of the median is worth showing. */
    private static final double WIDE = 0.08;

    /**
     * {@return the spread of some values}
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("the median of nothing");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** {@return the median without its unit, with the range if that is wide} */
    public String text(String unit) {
        String text = Units.digits(median, unit);
        return max - min > WIDE * median
                ? text + " (" + Units.digits(min, unit) + "-" + Units.digits(max, unit) + ")"
                : text;
    }
}
