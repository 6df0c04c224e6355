package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.tool.HugePages;
import dev.ashlar.tool.exit.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: the demo proves what it claims on every kind of huge memory, and does not claim it on small pages. */
final class DemoCommandTest {

    @BeforeAll
    static void lookAtCountsOnly() {
        System.setProperty("ashlar.warmUpNanos", "0");
    }

    @AfterAll
    static void lookAtTimesAgain() {
        System.clearProperty("ashlar.warmUpNanos");
    }

    @ParameterizedTest
    @EnumSource(value = MemoryDemand.class, names = {"HUGETLB", "THP"})
    void everythingHoldsOnHugePages(MemoryDemand memory) {
        CommandRun run = demo(memory, "--json");

        JsonObject result = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(result.getAsJsonArray("proofs")).hasSize(6)
                .allMatch(proof -> proof.getAsJsonObject().get("holds").getAsBoolean());
        assertThat(run.exitCode()).isZero();
        JsonObject ours = result.getAsJsonObject("ours");
        JsonObject rival = result.getAsJsonObject("rival");
        assertThat(ours.get("mprotectCalls").getAsLong()).isZero();
        assertThat(rival.get("mprotectCalls").getAsLong()).isEqualTo(10_000);
        assertThat(ours.get("wrongResults").getAsInt()).isZero();
        assertThat(rival.get("wrongResults").getAsInt()).isZero();
        assertThat(ours.get("hugeBytes").getAsLong()).isEqualTo(2 * ours.get("mappedBytes").getAsLong());
        assertThat(rival.get("vmasHalfFreed").getAsInt() - rival.get("vmasBefore").getAsInt()).isGreaterThan(4_000);
        for (JsonElement call : result.getAsJsonArray("calls")) {
            assertThat(call.getAsJsonObject().get("result")).isEqualTo(call.getAsJsonObject().get("expected"));
        }
    }

    @Test
    void onSmallPagesTheCodeRunsButNoHugePagesAreClaimed() {
        CommandRun run = CommandRun.of("demo", "--memory", "small");

        assertThat(run.exitCode()).isEqualTo(ExitCode.HOST);
        assertThat(run.out()).contains("[ ok ] the code runs", "[ no ] all of it is mapped by huge pages",
                "No huge pages. The code runs");
    }

    @Test
    void theTextShowsCallsComparisonAndProof() {
        CommandRun run = demo(MemoryDemand.THP);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("fibonacci(92) = 7540113804746346429", "mmap+mprotect", "mprotect calls",
                "All of it holds.");
    }

    private static CommandRun demo(MemoryDemand memory, String... options) {
        List<String> arguments = new ArrayList<>(List.of("demo", "--memory", memory.name().toLowerCase(Locale.ROOT)));
        arguments.addAll(List.of(options));
        try (HugePages _ = HugePages.need(memory)) {
            return CommandRun.of(arguments.toArray(String[]::new));
        }
    }
}
