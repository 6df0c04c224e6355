package dev.ashlar.tool.cli;

import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.secret.SecretResult;
import dev.ashlar.tool.secret.SecretRun;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ashlar secret}: what a secret heap saves. */
@Command(
        name = "secret",
        description = {
            "Allocates secrets of 64 to 512 bytes from a secret heap, and with one memfd_secret file each, and counts"
                    + " mappings and the pages that leave the kernel's direct map. Each is measured in a fresh process,"
                    + " in turns.",
            "",
            "A limit of locked memory (ulimit -l) of 8 MiB is enough for the default.",
            ""
        },
        exitCodeList = {
            "0:measured, and each target holds",
            "1:a target does not hold",
            "2:wrong options",
            "3:this host has no secret memory, or not enough"
        })
final class SecretCommand extends ToolCommand {

    @Option(names = "--count", paramLabel = "N", defaultValue = "2000",
            description = "Secrets that are live at once. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(names = "--rounds", paramLabel = "R", defaultValue = "4",
            description = "How often each of the two is measured. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of the sizes and of the choice of freed secrets. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        SecretRun run = options(() -> new SecretRun(count, rounds, seed));
        SecretResult result = withProgress("secret", run::measure);
        print(json ? List.of(Json.text(result)) : new SecretText(result, ansi()).lines());
        return result.holds() ? ExitCode.OK : ExitCode.FAILED;
    }
}
