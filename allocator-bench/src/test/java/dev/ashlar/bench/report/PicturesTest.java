package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.chart.SvgCheck;
import dev.ashlar.bench.suite.Metric;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Goal: rows become the charts that people look for, and nothing becomes a chart of nothing. */
final class PicturesTest {

    @Test
    void replacementIsDrawnOverTheLiveCount() {
        Map<String, String> pictures = Pictures.of(Sampled.result(
                Sampled.times("replace-code-1k").with("ashlar", 30).with("asmjit", 226),
                Sampled.times("replace-code-100k").with("ashlar", 60).with("asmjit", 5318),
                Sampled.times("replace-code-1m").with("ashlar", 90).without("asmjit", "too slow")));

        assertThat(pictures).containsOnlyKeys("replacement-code.svg");
        String svg = pictures.get("replacement-code.svg");
        SvgCheck.requireWellFormed(svg);
        assertThat(svg).contains(">asmjit<", ">ashlar<", ">1M<", ">1k<", "2 x &lt;&amp; processor&gt;");
    }

    @Test
    void ratiosOfMemoryAreDrawnAndItsPercentagesAreNot() {
        Map<String, String> pictures = Pictures.of(Sampled.result(Sampled.of("memory-data-100k",
                new Metric("grown", "grown", "x"), new Metric("metadata", "bookkeeping", "%"))
                .with("ashlar", Map.of("grown", 1.05, "metadata", 0.4), Map.of())
                .with("jemalloc", Map.of("grown", 1.11), Map.of())));

        assertThat(pictures).containsOnlyKeys("memory-data.svg");
        SvgCheck.requireWellFormed(pictures.get("memory-data.svg"));
        assertThat(pictures.get("memory-data.svg")).contains("1.050", "1.110").doesNotContain("bookkeeping");
    }

    @Test
    void aContenderHasOneColourInAllGroups() {
        Map<String, String> pictures = Pictures.of(Sampled.result(
                Sampled.times("lifecycle-0").with("ashlar", 30).with("asmjit", 40).with("jffi", 50),
                Sampled.times("called-0").with("ashlar", 30).with("jffi", 60)));

        String svg = pictures.get("lifecycle.svg");
        SvgCheck.requireWellFormed(svg);
        assertThat(colours(svg)).hasSize(5).satisfies(colours -> {
            assertThat(colours.get(3)).isEqualTo(colours.get(0));
            assertThat(colours.get(4)).isEqualTo(colours.get(2)).isNotEqualTo(colours.get(1));
        });
    }

    @Test
    void nothingMeasuredIsNothingDrawn() {
        assertThat(Pictures.of(Sampled.result(Sampled.times("pair-code-256").without("ashlar", "failed")))).isEmpty();
    }

    private static List<String> colours(String svg) {
        return Pattern.compile("<circle [^>]*fill=\"([^\"]+)\"").matcher(svg).results()
                .map(found -> found.group(1)).toList();
    }
}
