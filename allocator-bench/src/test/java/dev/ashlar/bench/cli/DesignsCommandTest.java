package dev.ashlar.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: all designs on all loads, as tables, as JSON and as pictures. */
final class DesignsCommandTest {

    private static final List<String> DESIGNS = List.of("mapping per block", "grouped pages", "buddy from 4 KiB",
            "range tree, pages", "buddy from 64 B", "bitmap pack, 64 B", "range tree, 64 B", "range tree + live tree",
            "range tree, best fit", "buddy + slab (ashlar)");

    @TempDir
    private Path folder;

    @Test
    void jsonHasEveryDesignOnEveryLoadWithMemoryAndTimes() throws IOException {
        CommandRun run = designs("--json", trace());

        assertThat(run.exitCode()).isZero();
        JsonObject result = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(result.get("seed").getAsLong()).isEqualTo(4);
        List<String> loads = new ArrayList<>();
        for (JsonElement load : result.getAsJsonArray("loads")) {
            loads.add(load.getAsJsonObject().get("load").getAsString());
            List<String> designs = new ArrayList<>();
            for (JsonElement design : load.getAsJsonObject().getAsJsonArray("designs")) {
                designs.add(design.getAsJsonObject().get("design").getAsString());
                hasFigures(design.getAsJsonObject());
            }
            assertThat(designs).isEqualTo(DESIGNS);
        }
        assertThat(loads).containsExactly("three", "mixed, 50 live", "function, 50 live");
    }

    private static void hasFigures(JsonObject design) {
        JsonObject memory = design.getAsJsonObject("memory");
        assertThat(memory.get("peakCommittedBytes").getAsLong()).isPositive();
        assertThat(memory.get("permissionChanges").getAsLong()).isPositive();
        for (JsonElement sight : memory.getAsJsonArray("sights")) {
            JsonObject seen = sight.getAsJsonObject();
            assertThat(seen.get("heldBytes").getAsLong()).isGreaterThanOrEqualTo(seen.get("liveBytes").getAsLong());
            assertThat(seen.get("committedBytes").getAsLong()).isGreaterThanOrEqualTo(seen.get("heldBytes")
                    .getAsLong());
        }
        assertThat(design.getAsJsonArray("times")).isNotEmpty().allSatisfy(time -> assertThat(
                time.getAsJsonObject().get("nsPerEvent").getAsDouble()).isPositive());
    }

    @Test
    void theTextHasATableForEachLoadAndThePicturesAreWritten() throws IOException {
        Path charts = folder.resolve("a/charts");

        CommandRun run = designs("--charts", charts.toString(), trace());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("seed 4", "three: 4 events", "mixed, 50 live", "after replacement",
                "half freed", "ns per event").contains(DESIGNS);
        assertThat(run.out().lines()).as("no table is cut").noneMatch(line -> line.length() > 160);
        try (Stream<Path> files = Files.list(charts)) {
            List<Path> all = files.sorted().toList();
            assertThat(all).extracting(file -> file.getFileName().toString()).containsExactly("density-all.svg",
                    "density.svg", "map.svg", "time-function-placed.svg", "time-function-written.svg",
                    "time-mixed-placed.svg", "time-mixed-written.svg");
            for (Path file : all) {
                assertThat(Files.readString(file)).startsWith("<svg ").endsWith("</svg>\n")
                        .contains("buddy + slab (ashlar)", "range tree, best fit");
            }
        }
    }

    @Test
    void chartsThatCannotBeWrittenAreSaidBeforeAnythingIsMeasured() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");

        CommandRun run = designs("--charts", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar designs: the charts cannot be written: ").contains(file.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--rounds=0|rounds must be at least 1: rounds=0",
        "--live=1,5|live counts must be at least 2: [1, 5]",
        "--live=many|Invalid value for option '--live' (N): 'many' is not an int"})
    void wrongOptionsAreNamed(String option, String sentence) {
        CommandRun run = CommandRun.of("designs", option);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar designs: " + sentence);
    }

    private String trace() throws IOException {
        return Files.writeString(folder.resolve("three.trace"), "a 1 100\na 2 3000\nf 1\na 3 50\n").toString();
    }

    private static CommandRun designs(String... options) {
        List<String> arguments = new ArrayList<>(List.of("designs", "--live", "50", "--rounds", "1", "--memory",
                "small", "--seed", "4"));
        arguments.addAll(List.of(options));
        return CommandRun.of(arguments.toArray(String[]::new));
    }
}
