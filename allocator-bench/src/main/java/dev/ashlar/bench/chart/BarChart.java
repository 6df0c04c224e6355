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

    private static final int WIDTH = 880;
    private static final int LEFT = 230;
    private static final int RIGHT = WIDTH - 80;
    private static final int TOP = 70;
    private static final int BAR_HEIGHT = 17;
    private static final int GROUP_HEAD_HEIGHT = 26;
    private static final int FOOT_HEIGHT = 56;

    /** Copies the list. */
    public BarChart {
        groups = List.copyOf(groups);
    }

    /** The scale of the axis. */
    public enum Scale {
        /** Powers of ten have equal distances. */
        LOGARITHMIC,
        /** Linear from 1, for ratios that cannot be smaller. */
        FROM_ONE
    }

    /**
     * Bars that belong together.
     *
     * @param name above the bars
     * @param bars from top to bottom
     */
    public record Group(String name, List<Bar> bars) {

        /** Copies the list. */
        public Group {
            bars = List.copyOf(bars);
        }
    }

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
        int bottom = TOP + groups.size() * GROUP_HEAD_HEIGHT + bars * BAR_HEIGHT + 8;
        Svg svg = new Svg(WIDTH, bottom + FOOT_HEIGHT, title);
        svg.text(16, 28, 17, Svg.Anchor.START, Palette.INK, title);
        svg.text(16, 48, 11, Svg.Anchor.START, Palette.FAINT, note);
        Axis axis = axis();
        for (double tick : axis.ticks()) {
            svg.line(across(axis, tick), TOP, across(axis, tick), bottom, Palette.GRID, 1);
            svg.text(across(axis, tick), bottom + 18, 12, Svg.Anchor.MIDDLE, Palette.INK, Axis.label(tick));
        }
        svg.text((LEFT + RIGHT) / 2.0, bottom + 42, 13, Svg.Anchor.MIDDLE, Palette.INK, xTitle);
        int y = TOP;
        for (Group group : groups) {
            svg.text(16, y + 18, 13, Svg.Anchor.START, Palette.INK, group.name());
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
        double length = Math.max(2, across(axis, bar.value()) - LEFT);
        double middle = y + BAR_HEIGHT / 2.0;
        String color = Palette.of(bar.series());
        switch (scale) {
            // The distance from an arbitrary power of ten has no meaning, so only the position is marked.
            case LOGARITHMIC -> {
                svg.line(LEFT, middle, LEFT + length, middle, Palette.GRID, 2);
                svg.dot(LEFT + length, middle, 5, color);
            }
            case FROM_ONE -> svg.rectangle(LEFT, y + 2.0, length, BAR_HEIGHT - 4.0, color);
        }
        svg.text(LEFT - 8, middle + 4, 12, Svg.Anchor.END, Palette.INK, bar.name());
        svg.text(LEFT + length + 9, middle + 4, 12, Svg.Anchor.START, Palette.INK, bar.label());
    }

    private Axis axis() {
        DoubleStream values = groups.stream().map(Group::bars).flatMap(List::stream).mapToDouble(Bar::value);
        return switch (scale) {
            case LOGARITHMIC -> Axis.logarithmic(values);
            case FROM_ONE -> Axis.linear(1, values);
        };
    }

    private static double across(Axis axis, double value) {
        return LEFT + axis.position(value) * (RIGHT - LEFT);
    }
}
