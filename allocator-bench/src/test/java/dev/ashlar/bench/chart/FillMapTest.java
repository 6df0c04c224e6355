package dev.ashlar.bench.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Goal: the fuller a cell, the darker, and a map of thousands of cells stays small. */
final class FillMapTest {

    private static final Pattern CELL = Pattern.compile("<rect x=\"(\\d+)\" y=\"(\\d+)\" width=\"(\\d+)\" height=\"6\""
            + " fill=\"#(\\w{6})\"/>");

    @Test
    void fullerCellsAreDarkerAndLieInTheirOrder() {
        Matcher cells = cells(List.of(0.0, 0.5, 1.0));

        int before = 0x1000000;
        int x = -1;
        for (int cell = 0; cell < 3; cell++) {
            assertThat(cells.find()).isTrue();
            int colour = Integer.parseInt(cells.group(4), 16);
            assertThat(colour).isLessThan(before);
            assertThat(Integer.parseInt(cells.group(1))).isGreaterThan(x);
            before = colour;
            x = Integer.parseInt(cells.group(1));
        }
        assertThat(cells.find()).isFalse();
    }

    @Test
    void aCellWithAlmostNothingInItIsNotShownEmpty() {
        assertThat(cells(List.of(0.0, 0.001)).results()).hasSize(2);
    }

    @Test
    void neighboursOfOneShadeAreOneRectangle() {
        Matcher cells = cells(List.of(1.0, 1.0, 1.0, 0.0));

        assertThat(cells.find()).isTrue();
        int three = Integer.parseInt(cells.group(3));
        assertThat(cells.find()).isTrue();
        assertThat(Integer.parseInt(cells.group(3))).isEqualTo(three / 3);
        assertThat(cells.find()).isFalse();
    }

    @Test
    void namesAreEscapedAndPanelsDoNotOverlap() {
        FillMap.Panel one = new FillMap.Panel("a < b", "1", List.of(List.of(1.0), List.of(1.0), List.of(1.0)));
        String svg = new FillMap("map", "note", List.of(one, one)).svg();

        assertThat(svg).contains("a &lt; b");
        assertThat(CELL.matcher(svg).results().map(cell -> cell.group(2)).distinct()).hasSize(6);
    }

    private static Matcher cells(List<Double> row) {
        return CELL.matcher(new FillMap("map", "note", List.of(new FillMap.Panel("one", "1", List.of(row)))).svg());
    }
}
