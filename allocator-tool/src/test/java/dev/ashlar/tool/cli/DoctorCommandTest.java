package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ashlar.tool.exit.ExitCode;
import org.junit.jupiter.api.Test;

/** Goal: the diagnosis has its shape on any host, and says of every rung whether it works or what would help. */
final class DoctorCommandTest {

    @Test
    void jsonHoldsHostChecksAndEveryRung() {
        CommandRun run = CommandRun.of("doctor", "--json");

        JsonObject diagnosis = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(diagnosis.keySet()).containsExactly("host", "memfd", "rungs", "writePaths", "dataRungs", "secret",
                "usable", "advice");
        assertThat(diagnosis.getAsJsonObject("host").keySet()).containsExactly("kernel", "architecture", "jdk", "user",
                "factsSource", "pageBytes", "hugetlbPool", "transparentHugePages", "limits", "pagemapScan");
        assertThat(diagnosis.getAsJsonObject("host").getAsJsonObject("limits").get("maxMapCount").getAsString())
                .as("read as a whole")
                .hasSizeGreaterThan(3);
        assertThat(diagnosis.getAsJsonArray("memfd")).isNotEmpty();
        assertRungs(diagnosis.getAsJsonArray("rungs"), "hugetlb", "shmem-thp", "small");
        assertRungs(diagnosis.getAsJsonArray("dataRungs"), "hugetlb", "anon-thp", "small");
        JsonArray secret = new JsonArray();
        secret.add(diagnosis.get("secret"));
        assertRungs(secret, "secretmem");
        assertThat(run.exitCode()).isEqualTo(diagnosis.get("usable").getAsBoolean() ? ExitCode.OK : ExitCode.FAILED);
    }

    private static void assertRungs(JsonArray rungs, String... backings) {
        assertThat(rungs).extracting(rung -> rung.getAsJsonObject().get("backing").getAsString())
                .containsExactly(backings);
        for (JsonElement rung : rungs) {
            boolean usable = rung.getAsJsonObject().get("usable").getAsBoolean();
            assertThat(rung.getAsJsonObject().get("fix").isJsonNull()).isEqualTo(usable);
            assertThat(rung.getAsJsonObject().get("detail").getAsString()).isNotEmpty();
        }
    }

    @Test
    void theTextEndsWithWhatAHeapWouldUse() {
        CommandRun run = CommandRun.of("doctor");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("hugetlb pool", "Memory files", "small: a function ran", "small: data was kept");
        assertThat(run.out().stripTrailing().lines().toList().getLast()).startsWith("A heap built here");
    }
}
