package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.chart.SvgCheck;
import dev.ashlar.bench.suite.Experiment.Metric;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Goal: rows become the expected charts, and a result without figures has none. */
final class ResultChartsTest {

    @Test
    void replacementIsDrawnOverTheLiveCount() {
        Map<String, String> charts = ResultCharts.of(Sampled.result(
                Sampled.times("replace-code-1k").at(1e3).with("ashlar", 30).with("asmjit", 226),
                Sampled.times("replace-code-100k").at(1e5).with("ashlar", 60).with("asmjit", 5318),
                Sampled.times("replace-code-1m").at(1e6).with("ashlar", 90).without("asmjit", "too slow")));

        assertThat(charts).containsOnlyKeys("replacement-code.svg");
        String svg = charts.get("replacement-code.svg");
        SvgCheck.requireWellFormed(svg);
        assertThat(svg).contains(">asmjit<", ">ashlar<", ">1M<", ">1k<", "2 x &lt;&amp; processor&gt;");
    }

    @Test
    void ratiosOfMemoryAreDrawnAndItsPercentagesAreNot() {
        Map<String, String> charts = ResultCharts.of(Sampled.result(Sampled.of("memory-data-100k",
                new Metric("grown", "grown", "x"), new Metric("metadata", "bookkeeping", "%"))
                .with("ashlar", Map.of("grown", 1.05, "metadata", 0.4), Map.of())
                .with("jemalloc", Map.of("grown", 1.11), Map.of())));

        assertThat(charts).containsOnlyKeys("memory-data.svg");
        SvgCheck.requireWellFormed(charts.get("memory-data.svg"));
        assertThat(charts.get("memory-data.svg")).contains("1.050", "1.110").doesNotContain("bookkeeping");
    }

    @Test
    void aContenderHasOneColorInAllGroups() {
        Map<String, String> charts = ResultCharts.of(Sampled.result(
                Sampled.times("lifecycle-0").with("ashlar", 30).with("asmjit", 40).with("jffi", 50),
                Sampled.times("called-0").with("ashlar", 30).with("jffi", 60)));

        String svg = charts.get("lifecycle.svg");
        SvgCheck.requireWellFormed(svg);
        assertThat(colors(svg)).hasSize(5).satisfies(colors -> {
            assertThat(colors.get(3)).isEqualTo(colors.get(0));
            assertThat(colors.get(4)).isEqualTo(colors.get(2)).isNotEqualTo(colors.get(1));
        });
    }

    @Test
    void aResultWithoutFiguresHasNoChart() {
        assertThat(ResultCharts.of(Sampled.result(Sampled.times("pair-code-256").without("ashlar", "failed"))))
                .isEmpty();
    }

    private static List<String> colors(String svg) {
        return Pattern.compile("<circle [^>]*fill=\"([^\"]+)\"").matcher(svg).results()
                .map(found -> found.group(1)).toList();
    }
}
