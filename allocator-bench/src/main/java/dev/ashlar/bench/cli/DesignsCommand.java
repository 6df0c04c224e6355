package dev.ashlar.bench.cli;

import dev.ashlar.bench.designs.DesignsOptions;
import dev.ashlar.bench.designs.DesignsResult;
import dev.ashlar.bench.designs.DesignsRun;
import dev.ashlar.bench.replay.Trace;
import dev.ashlar.bench.replay.TraceReader;
import dev.ashlar.memory.Memory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ashlar designs}: the designs that were argued over, on the same loads. */
@Command(
        name = "designs",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Places the same blocks by every design that was argued over for memory of code, and reports what each"
                    + " needs and takes: a mapping per block, grouped pages, buddy blocks, a range tree, a bitmap of"
                    + " chunks, and buddy with slabs as a code heap has it.",
            "",
            "Loads: traces of compilers, and random replacement. Counts come out the same in every run with the same"
                    + " seed; times do not, but all designs take turns in one run.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured",
            "2:wrong options, or a file that is not a trace",
            "3:this host cannot give the memory asked for"
        })
final class DesignsCommand implements Callable<Integer> {

    private static final List<Integer> LIVE_COUNTS = List.of(1_000, 10_000, 100_000);
    private static final List<Integer> LIVE_COUNTS_QUICK = List.of(1_000, 10_000);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "TRACE", description = "Traces to run beside the random loads.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--quick", description = "One timed round, and no more than 10,000 live blocks.")
    private boolean quick;

    @Option(
            names = "--rounds",
            paramLabel = "R",
            defaultValue = "3",
            description = "Timed rounds, all designs in each; the median counts. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--memory",
            paramLabel = "KIND",
            defaultValue = "auto",
            converter = MemoryChoice.class,
            completionCandidates = MemoryChoice.class,
            description = "What is written to, one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Memory memory = Memory.AUTO;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the random loads. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        DesignsOptions options = options();
        List<Trace> traces = files.stream().map(TraceReader::read).toList();
        PrintWriter out = spec.commandLine().getOut();
        DesignsResult result;
        try (Progress progress = new Progress(spec.commandLine().getErr(), Terminal.error(), "designs")) {
            result = DesignsRun.run(traces, options, progress);
        }
        if (json) {
            out.println(Json.text(result));
        } else {
            DesignsText.lines(result).forEach(out::println);
        }
        out.flush();
        return ExitCode.OK;
    }

    private DesignsOptions options() {
        try {
            return new DesignsOptions(memory, quick ? LIVE_COUNTS_QUICK : LIVE_COUNTS, quick ? 1 : rounds, seed);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
