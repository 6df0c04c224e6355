package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.bench.suite.Experiment.Metric;
import dev.ashlar.tool.figures.Spread;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goal: figures and ratios follow from the samples as the page says. */
final class RowsTest {

    @Test
    void aRatioIsTakenInsideEachRoundAndItsMedianCounts() {
        // The machine is twice as slow in the second round and disturbs only us in the third.
        Row row = Sampled.times("a").with("ours", 10, 20, 90).with("theirs", 40, 80, 45).rows().getFirst();

        Entry theirs = row.entry("theirs").orElseThrow();
        assertThat(theirs.ratio()).isEqualTo(new Spread(0.25, 0.25, 2));
        assertThat(theirs.figure()).isEqualTo(new Spread(45, 40, 80));
        assertThat(row.ours().ratio()).isNull();
        assertThat(row.ours().figure()).isEqualTo(new Spread(20, 10, 90));
    }

    @Test
    void aRoundThatLacksOneOfThemHasNoRatio() {
        assertThat(Rows.ratios(Map.of(0, 10.0, 2, 30.0), Map.of(0, 20.0, 1, 20.0))).containsExactly(0.5);
        assertThat(Rows.ratios(Map.of(0, 10.0), Map.of(0, 0.0))).as("division by nothing").isEmpty();
    }

    @Test
    void aMissingContenderIsNamedWithTheReason() {
        Row row = Sampled.times("a").with("ours", 10).without("theirs", "no libfoo").rows().getFirst();

        Entry theirs = row.entry("theirs").orElseThrow();
        assertThat(theirs.missing()).isEqualTo("no libfoo");
        assertThat(theirs.figure()).isNull();
        assertThat(theirs.ratio()).isNull();
        assertThat(row.ours().missing()).isNull();
    }

    @Test
    void everyMetricIsARowWithTheContendersThatHaveIt() {
        List<Row> rows = Sampled.of("a", new Metric("grown", "grown", "x"), new Metric("metadata", "metadata", "%"))
                .with("ours", Map.of("grown", 1.05, "metadata", 0.5), Map.of("backing", "hugetlb"))
                .with("theirs", Map.of("grown", 1.1), Map.of())
                .without("absent", "no libfoo")
                .rows();

        assertThat(rows).extracting(Row::id).containsExactly("a.grown", "a.metadata");
        assertThat(rows).extracting(Row::title).containsExactly("title of a, grown", "title of a, metadata");
        assertThat(rows.getFirst().entries()).extracting(Entry::contender).containsExactly("ours", "theirs", "absent");
        assertThat(rows.getLast().entries()).extracting(Entry::contender).containsExactly("ours", "absent");
        assertThat(rows.getFirst().ours().setting()).isEqualTo("hugetlb");
    }
}
