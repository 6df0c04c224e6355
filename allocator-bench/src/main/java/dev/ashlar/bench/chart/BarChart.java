package dev.ashlar.bench.chart;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Horizontal bars in groups, each with its value at its end. On a logarithmic axis, dots replace the bars.
 *
 * @param title above the chart
 * @param note below the title: the host
 * @param xTitle the title of the axis
 * @param scale the scale of the axis
 * @param groups from top to bottom
 */
public record BarChart(String title, String note, String xTitle, Scale scale, List<Group> groups) {

    private static final int LEFT = 230;
    private static final int RIGHT = Svg.WIDTH - 80;
    private static final int BAR_HEIGHT = 17;
    private static final int GROUP_HEAD_HEIGHT = 26;
    private static final int FOOT_HEIGHT = 56;
    private static final int MARGIN = 16;

    /** The scale of the axis. */
    public enum Scale {
        /** Powers of ten have equal distances. */
        LOGARITHMIC,
        /** Linear from 1, for ratios that cannot be smaller. */
        FROM_ONE
    }

    /** Bars that belong together, from top to bottom. */
    public record Group(String name, List<Bar> bars) {}

    /**
     * One bar.
     *
     * @param name the text before the bar
     * @param value the length
     * @param label the text after the bar
     * @param series the index of the color; 0 is Ashlar
     */
    public record Bar(String name, double value, String label, int series) {}

    /** {@return the chart as SVG} */
    public String svg() {
        int bars = groups.stream().mapToInt(group -> group.bars().size()).sum();
        int bottom = Svg.TOP + groups.size() * GROUP_HEAD_HEIGHT + bars * BAR_HEIGHT + 8;
        Svg svg = new Svg(bottom + FOOT_HEIGHT, MARGIN, title, note);
        Axis axis = axis();
        svg.horizontal(axis, LEFT, RIGHT, bottom, xTitle);
        int y = Svg.TOP;
        for (Group group : groups) {
            svg.text(MARGIN, y + 18, 13, Svg.Anchor.START, Svg.INK, group.name());
            y += GROUP_HEAD_HEIGHT;
            for (Bar bar : group.bars()) {
                draw(svg, axis, bar, y);
                y += BAR_HEIGHT;
            }
        }
        return svg.end();
    }

    private void draw(Svg svg, Axis axis, Bar bar, int y) {
        // A bar of length 0 must be visible.
        double end = Math.max(LEFT + 2, axis.pixel(bar.value(), LEFT, RIGHT));
        double middle = y + BAR_HEIGHT / 2.0;
        String color = Svg.color(bar.series());
        switch (scale) {
            // The distance from an arbitrary power of ten has no meaning, so only the position is marked.
            case LOGARITHMIC -> {
                svg.line(LEFT, middle, end, middle, Svg.GRID, 2);
                svg.dot(end, middle, 5, color);
            }
            case FROM_ONE -> svg.rectangle(LEFT, y + 2.0, end - LEFT, BAR_HEIGHT - 4.0, color);
        }
        svg.text(LEFT - 8, middle + 4, 12, Svg.Anchor.END, Svg.INK, bar.name());
        svg.text(end + 9, middle + 4, 12, Svg.Anchor.START, Svg.INK, bar.label());
    }

    private Axis axis() {
        DoubleStream values = groups.stream().flatMap(group -> group.bars().stream()).mapToDouble(Bar::value);
        return switch (scale) {
            case LOGARITHMIC -> Axis.logarithmic(values);
            case FROM_ONE -> Axis.linear(1, values);
        };
    }
}
