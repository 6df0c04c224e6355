package dev.ashlar.tool.cli;

import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.mappings.PermissionsResult;
import dev.ashlar.tool.mappings.PermissionsRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ashlar permissions}: what each method of publishing code does to the kernel's mappings. */
@Command(
        name = "permissions",
        description = {
            "Publishes functions, frees half of them at random and publishes as many again, on each write path and"
                    + " backing and by naive methods, and shows what the kernel did to the mappings.",
            "",
            "Each cell runs in a fresh JVM. A cell that this host cannot run is named with the reason. Heaps commit"
                    + " no region ahead in another thread (withoutPreparedRegions). With the same seed, counts are the"
                    + " same in each run, except those of several threads; times differ.",
            ""
        },
        exitCodeList = {
            "0:measured",
            "1:a target was missed (--check)",
            "2:wrong options",
            "3:this host is not supported"
        })
final class PermissionsCommand extends ToolCommand {

    /** The value of {@code --json} without a file. */
    private static final String STANDARD_OUTPUT = "-";

    @Option(names = "--functions", paramLabel = "N", defaultValue = "10000",
            description = "Functions to publish first; half of them are freed, and half as many published again."
                    + " Default: ${DEFAULT-VALUE}.")
    private int functionCount;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "4",
            description = "Seed of the sizes and of the choice of freed functions. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--only", paramLabel = "CELL", split = ",",
            description = "Only cells with this prefix, such as alias or flips; separate several with commas.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--json", paramLabel = "FILE", arity = "0..1", fallbackValue = STANDARD_OUTPUT,
            description = "Print one JSON object instead of the table, or also write it to a file.")
    private @Nullable String json;

    @Option(names = "--check", description = "Return 1 if a target was missed.")
    private boolean check;

    @Override
    public Integer call() {
        PermissionsRun run = options(() -> new PermissionsRun(functionCount, seed, only));
        Path file = json == null || json.equals(STANDARD_OUTPUT) ? null : Path.of(json);
        if (file != null) {
            // Now, so that a wrong path fails before a minute of measuring.
            write(file, "");
        }
        PermissionsResult result = withProgress("permissions", run::measure);
        if (file != null) {
            write(file, Json.text(result) + "\n");
        }
        print(STANDARD_OUTPUT.equals(json) ? List.of(Json.text(result)) : new PermissionsText(result, ansi()).lines());
        return check && !result.holds() ? ExitCode.FAILED : ExitCode.OK;
    }

    private void write(Path file, String text) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw wrongUse("the JSON cannot be written: " + failed, failed);
        }
    }
}
