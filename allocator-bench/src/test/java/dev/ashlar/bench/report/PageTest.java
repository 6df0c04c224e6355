package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Goal: the page has all that a reader needs to trust a figure, in correct tables. */
final class PageTest {

    private final BenchResult result = Sampled.result(
            Sampled.times("pair-code-256").with("ashlar", 10, 12).with("asmjit-native", 40, 50),
            Sampled.times("lifecycle-0").with("ashlar", 30).without("asmjit-critical", "no asmjit here"));

    private final String page = Page.of(result, Set.of("pair.svg"));

    @Test
    void hostCommitAndDateAreInTheHead() {
        assertThat(page).contains("| kernel | Linux 6.18 |", "| commit | abc1234 |", "| date | 2026-01-02T03:04:00Z |",
                "| load | 0.5 processors in use in the minute before |");
    }

    @Test
    void everyTargetHasItsVerdict() {
        assertThat(page).contains(
                "| held | CodeHeap, allocate and free | title of pair-code-256 | 11.0 ns | asmjit-native: 45.0 ns"
                        + " | 0.25 (0.24-0.25) | 0.70 |",
                "| unknown | The life of a function | title of lifecycle-0 | 30.0 ns"
                        + " | asmjit-critical: no asmjit here | - | 1.10 |");
    }

    @Test
    void figuresHaveRangeAndRatio() {
        assertThat(page).contains("| title of pair-code-256 (`pair-code-256`) | ns | 11.0 (10.0-12.0)"
                + " | 45.0 (40.0-50.0) / 0.25 |");
    }

    @Test
    void chartsAreShownAndMissingContendersAreNamed() {
        assertThat(page).contains("![pair](pair.svg)",
                "- asmjit-critical: `lifecycle-0` not measured: no asmjit here");
    }

    @Test
    void everyLineOfATableHasAsManyCellsAsItsHead() {
        int expected = 0;
        for (String line : page.lines().toList()) {
            int cells = line.startsWith("|") ? line.split("\\|", -1).length : 0;
            if (expected > 0 && cells > 0) {
                assertThat(cells).as(line).isEqualTo(expected);
            }
            expected = cells;
        }
    }
}
