package dev.ashlar.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.cli.Ashlar;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The options that are not ours go to JMH. */
final class JmhCommandTest {

    @Test
    void optionsOfJmhAreHandedOn() {
        CommandLine.ParseResult parsed = Ashlar.commandLine(new BenchCommand(), new JmhCommand()).parseArgs("jmh", "-f",
                "1", "-p", "byteSize=64", "Pair");

        assertThat(parsed.subcommand().matchedPositionals().getFirst().originalStringValues())
                .containsExactly("-f", "1", "-p", "byteSize=64", "Pair");
    }

    @Test
    void helpNamesTheExitCodes() {
        CommandRun run = CommandRun.of("jmh", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: ashlar jmh").contains("Exit codes:");
    }
}
