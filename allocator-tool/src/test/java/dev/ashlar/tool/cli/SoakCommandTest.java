package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ashlar.tool.exit.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: the soak test tells what it did, and how to repeat it. */
class SoakCommandTest {
    @Test
    void theTextHasTheSeedTheChecksAndTheHeaps() {
        CommandRun run = CommandRun.of("soak", "--operations", "1000", "--threads", "2", "--seed", "7");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("2 threads, seed 7", "[ ok ] contents and places of all blocks", "code, alias",
                "collected code", "not compared: the test was too short", "Over time");
    }

    @Test
    void jsonHasTheSameFigures() {
        CommandRun run = CommandRun.of("soak", "--operations", "1000", "--threads", "1", "--json");
        JsonObject result = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(result.get("threads").getAsInt()).isEqualTo(1);
        assertThat(result.get("operations").getAsLong()).isGreaterThanOrEqualTo(1000);
        assertThat(result.getAsJsonArray("subjects")).isNotEmpty();
        assertThat(result.get("driftPercent").isJsonNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--threads=0|threads must be 1 to 64: threads=0",
        "--minutes=0|minutes or operations must be at least 1: both are 0",
        "--operations=-5|neither minutes nor operations can be negative: minutes=1, operations=-5",
        "--seed=x|Invalid value for option '--seed': 'x' is not a long"})
    void wrongOptionsAreNamed(String option, String sentence) {
        CommandRun run = CommandRun.of("soak", option);
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar soak: " + sentence);
    }
}
