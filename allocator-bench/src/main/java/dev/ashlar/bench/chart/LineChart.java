package dev.ashlar.bench.chart;

import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
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

    private static final int HEIGHT = 520;
    private static final int LEFT = 76;
    private static final int RIGHT = Svg.WIDTH - 190;
    private static final int BOTTOM = HEIGHT - 56;
    private static final int LABEL_HEIGHT = 15;

    /** A line with the name at its end; at least one point, from left to right. */
    public record Series(String name, List<Point> points) {}

    /** A measurement: the median of y, the smallest and the largest. All numbers are positive. */
    public record Point(double x, double y, double yMin, double yMax) {}

    /** {@return the chart as SVG} */
    public String svg() {
        Svg svg = new Svg(HEIGHT, LEFT, title, note);
        Axis x = Axis.logarithmic(points().mapToDouble(Point::x));
        Axis y = Axis.logarithmic(points().flatMapToDouble(point -> DoubleStream.of(point.yMin(), point.yMax())));
        svg.horizontal(x, LEFT, RIGHT, BOTTOM, xTitle);
        for (double tick : y.ticks()) {
            svg.line(LEFT, down(y, tick), RIGHT, down(y, tick), Svg.GRID, 1);
            svg.text(LEFT - 8, down(y, tick) + 4, 12, Svg.Anchor.END, Svg.INK, Axis.label(tick));
        }
        svg.textUpwards(20, (Svg.TOP + BOTTOM) / 2.0, 13, Svg.INK, yTitle);
        for (int index = series.size() - 1; index >= 0; index--) {
            draw(svg, x, y, index);
        }
        names(svg, y);
        return svg.end();
    }

    private void draw(Svg svg, Axis x, Axis y, int index) {
        String color = Svg.color(index);
        Point before = null;
        for (Point point : series.get(index).points()) {
            double px = across(x, point.x());
            double py = down(y, point.y());
            svg.line(px, down(y, point.yMin()), px, down(y, point.yMax()), color, 1);
            svg.dot(px, py, index == 0 ? 4.5 : 3, color);
            if (before != null) {
                svg.line(across(x, before.x()), down(y, before.y()), px, py, color, index == 0 ? 3.5 : 1.8);
            }
            before = point;
        }
    }

    /** Writes the names at the ends of the lines, with a minimum distance. */
    private void names(Svg svg, Axis y) {
        List<Integer> order = IntStream.range(0, series.size()).boxed()
                .sorted(Comparator.comparingDouble(index -> end(y, index))).toList();
        double free = Svg.TOP - LABEL_HEIGHT;
        for (int index : order) {
            free = Math.max(end(y, index) + 4, free + LABEL_HEIGHT);
            svg.text(RIGHT + 10, free, index == 0 ? 13 : 12, Svg.Anchor.START, Svg.color(index),
                    series.get(index).name());
        }
    }

    private double end(Axis y, int index) {
        return down(y, series.get(index).points().getLast().y());
    }

    private Stream<Point> points() {
        return series.stream().flatMap(one -> one.points().stream());
    }

    private static double across(Axis x, double value) {
        return x.pixel(value, LEFT, RIGHT);
    }

    private static double down(Axis y, double value) {
        return y.pixel(value, BOTTOM, Svg.TOP);
    }
}
