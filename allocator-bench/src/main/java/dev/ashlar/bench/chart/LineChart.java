package dev.ashlar.bench.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Lines over two logarithmic axes, one for each series, with their names at the ends.
 *
 * @param title above the chart
 * @param note below the title: the host
 * @param xTitle the title of the horizontal axis
 * @param yTitle the title of the vertical axis
 * @param series the first is Ashlar
 */
public record LineChart(String title, String note, String xTitle, String yTitle, List<Series> series) {

    private static final int WIDTH = 880;
    private static final int HEIGHT = 520;
    private static final int LEFT = 76;
    private static final int RIGHT = WIDTH - 190;
    private static final int TOP = 70;
    private static final int BOTTOM = HEIGHT - 56;
    private static final int LABEL_HEIGHT = 15;

    /** Copies the list. */
    public LineChart {
        series = List.copyOf(series);
    }

    /**
     * A line.
     *
     * @param name the text at its end
     * @param points from left to right; at least one
     */
    public record Series(String name, List<Point> points) {

        /** Copies the list. */
        public Series {
            points = List.copyOf(points);
        }
    }

    /**
     * A measurement.
     *
     * @param x positive
     * @param y positive; the median
     * @param yMin the smallest
     * @param yMax the largest
     */
    public record Point(double x, double y, double yMin, double yMax) {}

    /** {@return the chart as SVG} */
    public String svg() {
        Svg svg = new Svg(WIDTH, HEIGHT, title);
        Axis x = axis(Point::x);
        Axis y = Axis.logarithmic(points().flatMapToDouble(point -> DoubleStream.of(point.yMin(), point.yMax())));
        svg.text(LEFT, 28, 17, Svg.Anchor.START, Palette.INK, title);
        svg.text(LEFT, 48, 11, Svg.Anchor.START, Palette.FAINT, note);
        grid(svg, x, y);
        for (int index = series.size() - 1; index >= 0; index--) {
            draw(svg, x, y, series.get(index), index);
        }
        names(svg, y);
        return svg.end();
    }

    private static void grid(Svg svg, Axis x, Axis y) {
        for (double tick : x.ticks()) {
            svg.line(across(x, tick), TOP, across(x, tick), BOTTOM, Palette.GRID, 1);
            svg.text(across(x, tick), BOTTOM + 18, 12, Svg.Anchor.MIDDLE, Palette.INK, Axis.label(tick));
        }
        for (double tick : y.ticks()) {
            svg.line(LEFT, down(y, tick), RIGHT, down(y, tick), Palette.GRID, 1);
            svg.text(LEFT - 8, down(y, tick) + 4, 12, Svg.Anchor.END, Palette.INK, Axis.label(tick));
        }
    }

    private static void draw(Svg svg, Axis x, Axis y, Series one, int index) {
        String color = Palette.of(index);
        double width = index == 0 ? 3.5 : 1.8;
        for (int at = 0; at < one.points().size(); at++) {
            Point point = one.points().get(at);
            double px = across(x, point.x());
            double py = down(y, point.y());
            svg.line(px, down(y, point.yMin()), px, down(y, point.yMax()), color, 1);
            svg.dot(px, py, index == 0 ? 4.5 : 3, color);
            if (at > 0) {
                Point before = one.points().get(at - 1);
                svg.line(across(x, before.x()), down(y, before.y()), px, py, color, width);
            }
        }
    }

    /** Writes the names at the ends of the lines, with a minimum distance. */
    private void names(Svg svg, Axis y) {
        List<Integer> order = new ArrayList<>();
        for (int index = 0; index < series.size(); index++) {
            order.add(index);
        }
        order.sort(Comparator.comparingDouble(index -> down(y, last(index).y())));
        double free = TOP - LABEL_HEIGHT;
        for (int index : order) {
            free = Math.max(down(y, last(index).y()) + 4, free + LABEL_HEIGHT);
            svg.text(RIGHT + 10, free, index == 0 ? 13 : 12, Svg.Anchor.START, Palette.of(index),
                    series.get(index).name());
        }
        svg.text((LEFT + RIGHT) / 2.0, HEIGHT - 12, 13, Svg.Anchor.MIDDLE, Palette.INK, xTitle);
        svg.textUpwards(20, (TOP + BOTTOM) / 2.0, 13, Palette.INK, yTitle);
    }

    private Point last(int index) {
        return series.get(index).points().getLast();
    }

    private Axis axis(ToDoubleFunction<Point> value) {
        return Axis.logarithmic(points().mapToDouble(value));
    }

    private Stream<Point> points() {
        return series.stream().flatMap(one -> one.points().stream());
    }

    private static double across(Axis x, double value) {
        return LEFT + x.position(value) * (RIGHT - LEFT);
    }

    private static double down(Axis y, double value) {
        return BOTTOM - y.position(value) * (BOTTOM - TOP);
    }
}
