package dev.ashlar.bench.cli;

import dev.ashlar.bench.designs.DesignsCharts;
import dev.ashlar.bench.designs.DesignsOptions;
import dev.ashlar.bench.designs.DesignsResult;
import dev.ashlar.bench.designs.DesignsRun;
import dev.ashlar.bench.replay.Trace;
import dev.ashlar.bench.replay.TraceReader;
import dev.ashlar.memory.Memory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

    private static final int ROUND_COUNT = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "TRACE", description = "Traces to run beside the random loads.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--quick",
            description = "One timed round, and no more than 10,000 live blocks: some twenty seconds.")
    private boolean quick;

    @Option(
            names = "--live",
            paramLabel = "N",
            split = ",",
            description = "Live blocks of the random loads. Default: 1000,10000,100000; with --quick 1000,10000.")
    private List<Integer> liveCounts = new ArrayList<>();

    @Option(
            names = "--rounds",
            paramLabel = "R",
            description = "Timed rounds, all designs in each; the fastest counts. Default: 5, with --quick 1.")
    private @Nullable Integer rounds;

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

    @Option(names = "--charts", paramLabel = "FOLDER", description = "Draw the results as SVG files in a folder.")
    private @Nullable Path charts;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        DesignsOptions options = options();
        if (charts != null) {
            // Now, and not after minutes of measuring.
            write(charts, Files::createDirectories);
        }
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
        if (charts != null) {
            write(charts, folder -> DesignsCharts.write(result, folder));
        }
        return ExitCode.OK;
    }

    private void write(Path folder, Writing writing) {
        try {
            writing.into(folder);
        } catch (IOException failed) {
            throw new ParameterException(spec.commandLine(), "the charts cannot be written: " + failed, failed);
        }
    }

    /** Something that writes into a folder. */
    private interface Writing {
        void into(Path folder) throws IOException;
    }

    private DesignsOptions options() {
        List<Integer> usualCounts = quick ? LIVE_COUNTS_QUICK : LIVE_COUNTS;
        int usualRounds = quick ? 1 : ROUND_COUNT;
        try {
            return new DesignsOptions(memory, liveCounts.isEmpty() ? usualCounts : liveCounts,
                    rounds == null ? usualRounds : rounds, seed);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
