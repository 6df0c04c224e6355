package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.tool.HugePages;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: the table and the JSON show each cell. A cell that the host cannot run is a sentence and no error. */
final class PermissionsCommandTest {

    @BeforeAll
    static void lookAtCountsOnly() {
        System.setProperty("ashlar.warmUpNanos", "0");
    }

    @AfterAll
    static void lookAtTimesAgain() {
        System.clearProperty("ashlar.warmUpNanos");
    }

    @TempDir
    private Path folder;

    @Test
    void theTableHasEveryCellAndTheTargetsAndAFileGetsTheJson() throws IOException {
        Path file = folder.resolve("new/permissions.json");

        CommandRun run = permissions("--check", "--only", "alias-small,mapping", "--json=" + file);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("seed 4", "100 functions published", "alias-small", "mapping-per-function",
                "[held]    alias: no mprotect call", "small: 0", "0 missed").doesNotContain("flips");
        assertThat(run.out().lines()).as("no table is cut").noneMatch(line -> line.length() > 160);
        isResult(Files.readString(file), "alias-small", "mapping-per-function");
    }

    @Test
    void jsonReplacesTheTable() {
        CommandRun run = permissions("--json", "--only", "mapping");

        assertThat(run.exitCode()).isZero();
        isResult(run.out(), "mapping-per-function");
    }

    private static void isResult(String json, String... ids) {
        JsonObject result = JsonParser.parseString(json).getAsJsonObject();
        assertThat(result.get("functions").getAsInt()).isEqualTo(100);
        JsonArray cells = result.getAsJsonArray("cells");
        assertThat(cells).extracting(cell -> cell.getAsJsonObject().getAsJsonObject("cell").get("id").getAsString())
                .containsExactly(ids);
        JsonObject seen = cells.get(ids.length - 1).getAsJsonObject().getAsJsonObject("figures");
        assertThat(seen.getAsJsonObject("mprotect").get("load").getAsLong()).isEqualTo(150);
        assertThat(seen.getAsJsonObject("work").get("wrongResults").getAsLong()).isZero();
        assertThat(result.getAsJsonArray("targets")).isNotEmpty().allSatisfy(target -> assertThat(
                target.getAsJsonObject().get("state").getAsString()).isEqualTo("HELD"));
    }

    @Test
    void aBackingThatThisHostLacksIsNamedWithTheReason() throws Exception {
        try (HugePages pages = HugePages.need(MemoryDemand.HUGETLB); AutoCloseable _ = pages.drain()) {
            CommandRun run = permissions("--check", "--only", "alias-hugetlb");

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).contains("alias-hugetlb            not on this host: ", "ENOSPC",
                    "[unknown] alias: no mprotect call");
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsReportedBeforeTheMeasurement() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");

        CommandRun run = permissions("--json=" + file.resolve("x.json"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar permissions: the JSON cannot be written: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--functions=5|functions must be 100 to 100000: functions=5",
        "--only=bogus|no cell begins with 'bogus'; there are alias-hugetlb, "})
    void wrongOptionsAreNamed(String option, String sentence) {
        CommandRun run = CommandRun.of("permissions", option);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar permissions: " + sentence);
    }

    private static CommandRun permissions(String... options) {
        List<String> arguments = new ArrayList<>(List.of("permissions", "--functions", "100"));
        arguments.addAll(List.of(options));
        return CommandRun.of(arguments.toArray(String[]::new));
    }
}
