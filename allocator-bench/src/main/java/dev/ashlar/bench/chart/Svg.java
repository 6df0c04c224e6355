package dev.ashlar.bench.chart;

import java.util.List;
import java.util.Locale;

/** Writes the SVG picture of a chart, with one element on each line. Coordinates are pixels from the upper left. */
final class Svg {

    static final int WIDTH = 880;
    /** The upper end of the chart, below its title and note. */
    static final int TOP = 70;

    static final String INK = "#222222";
    static final String GRID = "#e4e4e4";
    private static final String FAINT = "#767676";

    /** Ashlar's stands out; people with red-green color blindness can distinguish the rest (Okabe and Ito). */
    private static final String OURS = "#d55e00";
    private static final List<String> RIVALS = List.of("#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00",
            "#7a7a7a", "#44449b", "#8c6d31", "#117733", "#882255");

    private final StringBuilder text = new StringBuilder();

    /** Begins a picture with a white background, which is readable on a dark page too. */
    Svg(int height, int left, String title, String note) {
        line("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"".formatted(WIDTH, height));
        line("  width=\"%d\" height=\"%d\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">"
                .formatted(WIDTH, height));
        line("<title>" + escaped(title) + "</title>");
        rectangle(0, 0, WIDTH, height, "#ffffff");
        text(left, 28, 17, Anchor.START, INK, title);
        text(left, 48, 11, Anchor.START, FAINT, note);
    }

    /** {@return the color of a series by its index; 0 is Ashlar} */
    static String color(int series) {
        return series == 0 ? OURS : RIVALS.get((series - 1) % RIVALS.size());
    }

    /** The alignment of a text to its point. */
    enum Anchor {
        START, MIDDLE, END
    }

    /** Draws the horizontal axis with its grid. */
    void horizontal(Axis axis, int left, int right, int bottom, String title) {
        for (double tick : axis.ticks()) {
            double x = axis.pixel(tick, left, right);
            line(x, TOP, x, bottom, GRID, 1);
            text(x, bottom + 18, 12, Anchor.MIDDLE, INK, Axis.label(tick));
        }
        text((left + right) / 2.0, bottom + 42, 13, Anchor.MIDDLE, INK, title);
    }

    void text(double x, double y, int size, Anchor anchor, String color, String words) {
        line("<text x=\"%s\" y=\"%s\" font-size=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>".formatted(
                number(x), number(y), size, anchor.name().toLowerCase(Locale.ROOT), color, escaped(words)));
    }

    /** Writes a text from bottom to top. */
    void textUpwards(double x, double y, int size, String color, String words) {
        line("<text transform=\"translate(%s %s) rotate(-90)\" font-size=\"%d\" text-anchor=\"middle\" fill=\"%s\">"
                .formatted(number(x), number(y), size, color) + escaped(words) + "</text>");
    }

    void line(double x1, double y1, double x2, double y2, String color, double width) {
        line("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"%s\" stroke-width=\"%s\"/>".formatted(
                number(x1), number(y1), number(x2), number(y2), color, number(width)));
    }

    void rectangle(double x, double y, double width, double height, String color) {
        line("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>".formatted(
                number(x), number(y), number(width), number(height), color));
    }

    void dot(double x, double y, double radius, String color) {
        line("<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\"/>".formatted(number(x), number(y), number(radius),
                color));
    }

    /** {@return the picture} */
    String end() {
        line("</svg>");
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private static String number(double value) {
        String digits = String.format(Locale.ROOT, "%.1f", value);
        return digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits;
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
