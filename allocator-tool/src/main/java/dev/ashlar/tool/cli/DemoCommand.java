package dev.ashlar.tool.cli;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.Platform.Architecture;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.mappings.Demo;
import dev.ashlar.tool.mappings.DemoResult;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ashlar demo}: from a reservation to running code, with proof from the kernel. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Builds a code heap, assembles functions into it, runs them, and shows what the kernel says,"
                    + " next to the same functions with one mapping each.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every claim holds",
            "1:a claim does not hold",
            "2:wrong options",
            "3:this host has no huge pages, or is not supported"
        })
final class DemoCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Option(
            names = "--memory",
            paramLabel = "KIND",
            defaultValue = "auto",
            converter = MemoryChoice.class,
            completionCandidates = MemoryChoice.class,
            description = "The memory of the heap, one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private MemoryDemand memory = MemoryDemand.AUTO;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (!Platform.current().architecture().equals(Optional.of(Architecture.X86_64))) {
            err.println(Failure.prefix(spec.commandLine()) + "the demo assembles code for x86-64, and this is "
                    + System.getProperty("os.arch") + "; try 'ashlar doctor' and 'ashlar replay'.");
            return ExitCode.HOST;
        }
        DemoResult result;
        try (Progress progress = new Progress(err, Terminal.error(), "demo")) {
            result = Demo.run(memory, progress);
        }
        if (json) {
            out.println(Json.text(result));
        } else {
            DemoText.lines(result, spec.commandLine().getColorScheme().ansi()).forEach(out::println);
        }
        out.flush();
        if (result.holds()) {
            return ExitCode.OK;
        }
        return result.hugePages() ? ExitCode.FAILED : ExitCode.HOST;
    }
}
