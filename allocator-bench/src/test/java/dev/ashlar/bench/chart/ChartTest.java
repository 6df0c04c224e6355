package dev.ashlar.bench.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Goal: every browser can show the charts, and they show the values. */
final class ChartTest {

    @Test
    void linesAreWellFormedWithAnyName() {
        String svg = lines("a < b & \"c\"", 10, 20).svg();

        SvgCheck.requireWellFormed(svg);
        assertThat(svg).contains("a &lt; b &amp; \"c\"");
    }

    @Test
    void namesOfLinesWithTheSameEndDoNotOverlap() {
        LineChart.Point end = new LineChart.Point(10, 5, 5, 5);
        String svg = new LineChart("t", "n", "x", "y", List.of(new LineChart.Series("one", List.of(end)),
                new LineChart.Series("two", List.of(end)), new LineChart.Series("three", List.of(end)))).svg();

        assertThat(List.of(y(svg, "one"), y(svg, "two"), y(svg, "three"))).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aSlowerMeasurementIsHigher() {
        String svg = lines("one", 10, 1_000).svg();
        List<Double> dots = Pattern.compile("cy=\"([\\d.]+)\"").matcher(svg).results()
                .map(found -> Double.parseDouble(found.group(1))).toList();

        assertThat(dots).hasSize(2);
        assertThat(dots.get(1)).isLessThan(dots.get(0));
    }

    @Test
    void barsAreWellFormedAndAsLongAsTheirValues() {
        String svg = new BarChart("t & t", "n", "x", BarChart.Scale.FROM_ONE, List.of(new BarChart.Group("group",
                List.of(new BarChart.Bar("a", 1.5, "1.500", 0), new BarChart.Bar("b", 2, "2.000", 1),
                        new BarChart.Bar("below", 0.9, "0.900", 2)))))
                .svg();

        SvgCheck.requireWellFormed(svg);
        List<Double> widths = Pattern.compile("<rect x=\"230\" .*width=\"([\\d.]+)\"").matcher(svg).results()
                .map(found -> Double.parseDouble(found.group(1))).toList();
        assertThat(widths).hasSize(3);
        assertThat(widths.get(1)).isEqualTo(2 * widths.get(0));
        assertThat(widths.get(2)).as("seen all the same").isPositive();
    }

    private static LineChart lines(String name, double first, double last) {
        return new LineChart("title", "note", "x", "y", List.of(new LineChart.Series(name,
                List.of(new LineChart.Point(1, first, first, first), new LineChart.Point(100, last, last, last)))));
    }

    private static double y(String svg, String name) {
        Matcher text = Pattern.compile(" y=\"([\\d.]+)\"[^>]*>" + name + "<").matcher(svg);
        assertThat(text.find()).isTrue();
        return Double.parseDouble(text.group(1));
    }
}
