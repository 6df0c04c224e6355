package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ashlar.SecretHeap;
import dev.ashlar.report.AshlarException;
import dev.ashlar.tool.exit.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: pooled secrets and a file for each, in processes of their own and in turns, with the kernel's counts. */
final class SecretCommandTest {
    private static final int COUNT = 500;

    @BeforeEach
    void needSecretMemory() {
        try {
            SecretHeap.builder().capacity(1).build().close();
        } catch (AshlarException refused) {
            assumeTrue(false, String.valueOf(refused.getMessage()));
        }
    }

    @Test
    void jsonHasEveryProcessInTurnsAndTheComparison() {
        CommandRun run = CommandRun.of("secret", "--json", "--count", "" + COUNT, "--rounds", "2", "--seed", "7");

        JsonObject result = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(result.get("count").getAsInt()).isEqualTo(COUNT);
        JsonArray samples = result.getAsJsonArray("samples");
        List<String> contenders = new ArrayList<>();
        for (JsonElement sample : samples) {
            contenders.add(sample.getAsJsonObject().get("contender").getAsString());
            assertThat(sample.getAsJsonObject().get("nanosPerAllocation").getAsDouble()).isPositive();
        }
        assertThat(contenders)
                .containsExactly("SecretHeap", "memfd_secret each", "memfd_secret each", "SecretHeap");
        JsonObject first = count(samples, 0);
        JsonObject each = count(samples, 1);
        assertThat(first.get("liveBytes")).as("the same load").isEqualTo(each.get("liveBytes"));
        assertThat(first.get("liveBytes").getAsLong()).isBetween(COUNT * 64L, COUNT * 512L);
        assertThat(first.get("pages").getAsLong() * 4096).isGreaterThan(first.get("liveBytes").getAsLong());
        assertThat(first.get("mappings").getAsLong()).isEqualTo(1);
        assertThat(each.get("pages").getAsLong()).isEqualTo(COUNT);
        assertThat(each.get("mappings").getAsLong()).isEqualTo(COUNT);
        assertThat(result.getAsJsonArray("sights")).hasSize(2);
        assertThat(run.exitCode()).isEqualTo(result.get("holds").getAsBoolean() ? ExitCode.OK : ExitCode.FAILED);
    }

    private static JsonObject count(JsonArray samples, int index) {
        return samples.get(index).getAsJsonObject().getAsJsonArray("counts").get(0).getAsJsonObject();
    }

    @Test
    void theTextHoldsEachFigureAgainstItsTarget() {
        CommandRun run = CommandRun.of("secret", "--count", "" + COUNT, "--rounds", "1");

        assertThat(run.out()).contains("500 secrets", "all live", "half replaced", "90 %", "98 %", "99.8 %",
                "mappings of secret memory");
        assertThat(run.out().lines()).as("no table is cut").noneMatch(line -> line.length() > 160);
        assertThat(run.out().lines().filter(line -> line.endsWith("held") || line.endsWith("missed"))).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--rounds=0|rounds must be at least 1: rounds=0",
        "--count=60000|count must be 100 to 50000: count=60000",
        "--count=99|count must be 100 to 50000: count=99",
        "--count=many|Invalid value for option '--count': 'many' is not an int"})
    void wrongOptionsAreNamed(String option, String sentence) {
        CommandRun run = CommandRun.of("secret", option);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar secret: " + sentence);
    }
}
