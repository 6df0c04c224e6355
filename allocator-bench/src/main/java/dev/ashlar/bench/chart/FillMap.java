package dev.ashlar.bench.chart;

import java.util.Arrays;
import java.util.List;

/**
 * Memory as it is filled: for each panel rows of cells, the darker the fuller.
 *
 * @param title above the map
 * @param note below the title: what is shown
 * @param panels from above to below
 */
public record FillMap(String title, String note, List<Panel> panels) {

    private static final int LEFT = 190;
    private static final int TOP = 70;
    private static final int CELL_WIDTH = 10;
    private static final int ROW_HEIGHT = 7;
    private static final int PANEL_GAP = 16;

    /** What a shade goes from, empty, and to, full. */
    private static final int[] EMPTY = {0xf2, 0xee, 0xe6};

    private static final int[] FULL = {0x1f, 0x3d, 0x5c};

    /** Copies the list. */
    public FillMap {
        panels = List.copyOf(panels);
    }

    /**
     * Rows that belong together.
     *
     * @param name before them
     * @param label below the name
     * @param rows cells from left to right, each 0, empty, to 1, full
     */
    public record Panel(String name, String label, List<List<Double>> rows) {

        /** Copies the lists. */
        public Panel {
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /** {@return the map as SVG} */
    public String svg() {
        int cells = panels.stream().flatMap(panel -> panel.rows().stream()).mapToInt(List::size).max().orElse(0);
        int height = TOP + panels.stream().mapToInt(FillMap::height).sum();
        Svg svg = new Svg(LEFT + cells * CELL_WIDTH + 16, height, title);
        svg.text(16, 28, 17, Svg.Anchor.START, Palette.INK, title);
        svg.text(16, 48, 11, Svg.Anchor.START, Palette.FAINT, note);
        int y = TOP;
        for (Panel panel : panels) {
            svg.text(LEFT - 10, y + 11.0, 12, Svg.Anchor.END, Palette.INK, panel.name());
            svg.text(LEFT - 10, y + 25.0, 11, Svg.Anchor.END, Palette.FAINT, panel.label());
            for (int row = 0; row < panel.rows().size(); row++) {
                draw(svg, panel.rows().get(row), y + row * ROW_HEIGHT);
            }
            y += height(panel);
        }
        return svg.end();
    }

    /** The name and its label need two lines even where a row does not. */
    private static int height(Panel panel) {
        return Math.max(panel.rows().size() * ROW_HEIGHT, 28) + PANEL_GAP;
    }

    /** Neighbours of one shade are one rectangle: a map has thousands of cells. */
    private static void draw(Svg svg, List<Double> row, int y) {
        int from = 0;
        for (int cell = 1; cell <= row.size(); cell++) {
            if (cell == row.size() || !shade(row.get(cell)).equals(shade(row.get(from)))) {
                svg.rectangle(LEFT + from * CELL_WIDTH, y, (cell - from) * CELL_WIDTH, ROW_HEIGHT - 1.0,
                        shade(row.get(from)));
                from = cell;
            }
        }
    }

    private static String shade(double fill) {
        // Five shades are as many as the eye tells apart.
        double part = Math.ceil(Math.clamp(fill, 0, 1) * 5) / 5;
        int[] colour = new int[3];
        Arrays.setAll(colour, channel -> (int) Math.round(EMPTY[channel] + part * (FULL[channel] - EMPTY[channel])));
        return "#%02x%02x%02x".formatted(colour[0], colour[1], colour[2]);
    }
}
