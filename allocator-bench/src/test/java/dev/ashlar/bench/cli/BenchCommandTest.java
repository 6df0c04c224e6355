package dev.ashlar.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: output, messages and exit codes stay what scripts and people rely on. */
final class BenchCommandTest {

    /** The result of an earlier run, with a rival that was absent. */
    private static final String RESULT = """
            {
              "run": {"command": "bench --quick", "date": "2026-01-02T03:04:00Z", "commit": "abc1234", "rounds": 1,
                "seconds": 61, "load": 0.5, "host": {"kernel": "Linux 6.18"}},
              "rows": [
                {"id": "pair-code-256", "title": "CodeHeap: pair", "unit": "ns", "entries": [
                  {"contender": "ashlar", "setting": "hugetlb", "figure": {"median": 20.0, "min": 19.0, "max": 21.0},
                    "samples": [20.0]},
                  {"contender": "asmjit-native", "setting": "4 KiB pages",
                    "figure": {"median": 40.0, "min": 40.0, "max": 40.0},
                    "ratio": {"median": RATIO, "min": 0.5, "max": 0.5}, "samples": [40.0]},
                  {"contender": "jffi", "setting": "", "samples": [], "missing": "no jffi here"}]}],
              "verdicts": []
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void anEarlierResultIsShownAndJudged() throws IOException {
        CommandRun run = CommandRun.of("bench", "--check", "--from", result("0.5"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("Linux 6.18", "CodeHeap: pair (pair-code-256)", "20.0 ns", "ours: x 0.50",
                "4 KiB pages", "not measured: no jffi here", "[held]", "1 held, 0 missed, 0 unknown");
    }

    @Test
    void aMissedTargetFailsOnlyOnRequest() throws IOException {
        String result = result("0.8");

        assertThat(CommandRun.of("bench", "--check", "--from", result).exitCode()).isEqualTo(ExitCode.FAILED);
        CommandRun unchecked = CommandRun.of("bench", "--from", result);
        assertThat(unchecked.exitCode()).isZero();
        assertThat(unchecked.out()).contains("[missed]");
    }

    @Test
    void aFolderOfResultsHoldsJsonChartsAndAPage() throws IOException {
        Path results = folder.resolve("docs/results");

        CommandRun run = CommandRun.of("bench", "--from", result("0.5"), "--results", results.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(results.resolve("bench.json")).isRegularFile();
        assertThat(results.resolve("threads.svg")).isRegularFile();
        assertThat(results.resolve("README.md")).content().contains("![threads](threads.svg)", "CodeHeap: pair");
    }

    @Test
    void chartsAreBesideTheJsonOrInTheGivenFolder() throws IOException {
        String result = result("0.5");
        CommandRun.of("bench", "--from", result, "--json", folder.resolve("a/x.json").toString());
        CommandRun.of("bench", "--from", result, "--json", folder.resolve("b/x.json").toString(), "--charts",
                folder.resolve("c").toString());

        assertThat(folder.resolve("a/threads.svg")).isRegularFile();
        assertThat(folder.resolve("b/threads.svg")).doesNotExist();
        assertThat(folder.resolve("c/threads.svg")).isRegularFile();
    }

    @Test
    void theListNamesRowsAndContenders() {
        CommandRun run = CommandRun.of("bench", "--list", "--rows", "pair-code-256,memory");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("pair-code-256 ", "memory-data-1m", "asmjit-native", "3 rounds: about")
                .doesNotContain("lifecycle");
    }

    @Test
    void wrongOptionsAreNamedWithExitCodeTwo() {
        for (List<String> wrong : List.of(List.of("--rows", "bogus", "no row begins with 'bogus'"),
                List.of("--rounds", "0", "rounds must be at least 1: rounds=0"),
                List.of("--from", "/nowhere.json", "/nowhere.json: no such file"))) {
            CommandRun run = CommandRun.of("bench", wrong.get(0), wrong.get(1));

            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).startsWith("ashlar bench: ").contains(wrong.get(2));
        }
    }

    private String result(String ratio) throws IOException {
        return Files.writeString(folder.resolve("earlier.json"), RESULT.replace("RATIO", ratio)).toString();
    }
}
