package dev.ashlar.tool.cli;

import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.secret.SecretOptions;
import dev.ashlar.tool.secret.SecretResult;
import dev.ashlar.tool.secret.SecretRun;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ashlar secret}: what a secret heap saves. */
@Command(
        name = "secret",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Allocates secrets of 64 to 512 bytes from a secret heap, and with one memfd_secret file each, and counts"
                    + " mappings and the pages that leave the kernel's direct map. Each is measured in a fresh process,"
                    + " in turns.",
            "",
            "A limit of locked memory (ulimit -l) of 8 MiB is enough for the default.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured, and each target holds",
            "1:a target does not hold",
            "2:wrong options",
            "3:this host has no secret memory, or not enough"
        })
final class SecretCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Secrets that are live at once. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(names = "--rounds", paramLabel = "R", defaultValue = "4",
            description = "How often each of the two is measured. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the sizes and of the choice of freed secrets. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        SecretOptions options;
        try {
            options = new SecretOptions(count, rounds, seed);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
        SecretResult result;
        try (Progress progress = new Progress(spec.commandLine().getErr(), Terminal.error(), "secret")) {
            result = SecretRun.run(options, progress);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.text(result));
        } else {
            SecretText.lines(result).forEach(out::println);
        }
        out.flush();
        return result.holds() ? ExitCode.OK : ExitCode.FAILED;
    }
}
