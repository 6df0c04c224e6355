package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.exit.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong input gives one sentence, a hint and an exit code for scripts. */
final class AshlarTest {

    @Test
    void helpNamesEveryCommandAndTheExitCodes() {
        CommandRun run = CommandRun.of("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("demo", "doctor", "replay", "bench", "permissions", "secret", "jmh",
                "run", "Exit codes:", "  2   wrong options");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "doctor", "replay", "permissions", "secret"})
    void everyCommandHasHelp(String command) {
        CommandRun run = CommandRun.of(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: ashlar " + command).contains("Exit codes:");
    }

    @Test
    void theVersionSaysWhatItRunsOn() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("ashlar ", "JDK " + Runtime.version());
    }

    @Test
    void noCommandIsWrongUse() {
        CommandRun run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Which command?", "Try 'ashlar --help'.");
    }

    @Test
    void anUnknownOptionIsNamedWithAHint() {
        CommandRun run = CommandRun.of("doctor", "--jsno");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Unknown option: '--jsno'");
        assertThat(run.err().lines()).hasSize(2);
    }

    @Test
    void anUnknownCommandIsNamed() {
        CommandRun run = CommandRun.of("bogus");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("'bogus'");
    }
}
