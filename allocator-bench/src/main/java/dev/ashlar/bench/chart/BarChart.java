package dev.ashlar.bench.chart;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Bars from left to right in groups, one group below the other, each with its value at its end.
 *
 * @param title above the chart
 * @param note below the title: what it was measured on
 * @param xTitle of the axis
 * @param scale how lengths follow from values
 * @param groups from above to below
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

    /** How lengths follow from values. */
    public enum Scale {
        /** Powers of ten, equally far apart. */
        LOGARITHMIC,
        /** From 1, for ratios that cannot be less. */
        FROM_ONE
    }

    /**
     * Bars that belong together.
     *
     * @param name above them
     * @param bars from above to below
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
     * @param name before it
     * @param value its length
     * @param label the value in words, behind it
     * @param series its colour, the same wherever the same contender is shown; 0 is ours
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

    private static void draw(Svg svg, Axis axis, Bar bar, int y) {
        // A bar of no length is still seen.
        double length = Math.max(2, across(axis, bar.value()) - LEFT);
        double baseline = y + BAR_HEIGHT - 5.0;
        svg.text(LEFT - 8, baseline, 12, Svg.Anchor.END, Palette.INK, bar.name());
        svg.rectangle(LEFT, y + 2.0, length, BAR_HEIGHT - 4.0, Palette.of(bar.series()));
        svg.text(LEFT + length + 6, baseline, 12, Svg.Anchor.START, Palette.INK, bar.label());
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
