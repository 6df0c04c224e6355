package dev.ashlar.tool.cli;

import dev.ashlar.memory.MemoryDemand;

import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.Platform.Architecture;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.mappings.Demo;
import dev.ashlar.tool.mappings.DemoResult;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ashlar demo}: from a reservation to running code, with proof from the kernel. */
@Command(
        name = "demo",
        description = {
            "Builds a code heap, assembles functions into it, runs them, and shows what the kernel says,"
                    + " next to the same functions with one mapping each.",
            ""
        },
        exitCodeList = {
            "0:every claim holds",
            "1:a claim does not hold",
            "2:wrong options",
            "3:this host has no huge pages, or is not supported"
        })
final class DemoCommand extends ToolCommand {

    @Option(names = "--memory", paramLabel = "KIND", defaultValue = "auto", converter = Choice.Memory.class,
            completionCandidates = Choice.Memory.class,
            description = "The memory of the heap, one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private MemoryDemand memory = MemoryDemand.AUTO;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        if (!Platform.current().architecture().equals(Optional.of(Architecture.X86_64))) {
            throw new CommandException(ExitCode.HOST, "the demo assembles code for x86-64, and this is "
                    + System.getProperty("os.arch") + "; try 'ashlar doctor' and 'ashlar replay'.");
        }
        DemoResult result = withProgress("demo", progress -> Demo.run(memory, progress));
        print(json ? List.of(Json.text(result)) : new DemoText(result, ansi()).lines());
        if (result.holds()) {
            return ExitCode.OK;
        }
        return result.hugePages() ? ExitCode.FAILED : ExitCode.HOST;
    }
}
