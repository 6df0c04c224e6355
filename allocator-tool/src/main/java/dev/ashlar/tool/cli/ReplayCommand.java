package dev.ashlar.tool.cli;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.replay.Replay;
import dev.ashlar.tool.replay.ReplayOptions;
import dev.ashlar.tool.replay.ReplayResult;
import dev.ashlar.tool.replay.Trace;
import dev.ashlar.tool.replay.TraceReader;
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

/** {@code ashlar replay}: replays allocation traces and prints figures. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Replays allocation traces in a code heap and reports time, memory and what the kernel says.",
            "",
            "A trace is text, plain or gzip, one event a line: 'a ID BYTES' allocates, writes and publishes,"
                    + " 'f ID' frees. Each trace gets a fresh heap. The first pass measures memory and asks the kernel;"
                    + " after a warm-up the others are timed. Objects that are never freed are freed between passes,"
                    + " untimed.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:replayed",
            "1:contents were not as written (--verify), or a mapping was wrong",
            "2:wrong options, or a file that is not a trace",
            "3:this host lacks the memory that was asked for"
        })
final class ReplayCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Traces to replay, one after the other.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--memory",
            paramLabel = "KIND",
            defaultValue = "auto",
            converter = MemoryChoice.class,
            completionCandidates = MemoryChoice.class,
            description = "The memory of the heap, one of ${COMPLETION-CANDIDATES}: auto takes the best that the"
                    + " host has; any other is an error if the host lacks it. Default: ${DEFAULT-VALUE}.")
    private MemoryDemand memory = MemoryDemand.AUTO;

    @Option(
            names = "--write-path",
            paramLabel = "PATH",
            defaultValue = "auto",
            converter = WritePathChoice.Converter.class,
            completionCandidates = WritePathChoice.Converter.class,
            description = "How code is written, one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private WritePathChoice writePath = WritePathChoice.AUTO;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that replay concurrently in one heap. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--copies",
            paramLabel = "K",
            defaultValue = "1",
            description = "Copies of the trace that each thread interleaves. Default: ${DEFAULT-VALUE}.")
    private int copies;

    @Option(
            names = "--repeat",
            paramLabel = "R",
            defaultValue = "5",
            description = "Timed passes; the median counts. Default: ${DEFAULT-VALUE}.")
    private int repeat;

    @Option(names = "--no-write", description = "Neither write nor publish: the allocator's bookkeeping alone.")
    private boolean noWrite;

    @Option(
            names = "--verify",
            description = "Give each object its own contents in each pass and check them, where they would run, before"
                    + " its free and at the end. The time includes this.")
    private boolean verify;

    @Option(names = "--json", description = "Print one JSON object per file, one a line.")
    private boolean json;

    @Override
    public Integer call() {
        ReplayOptions options = options();
        // All are read before the first is replayed, so that a mistake in the last file is found at once.
        List<Trace> traces = files.stream().map(TraceReader::read).toList();
        boolean sound = true;
        for (Trace trace : traces) {
            ReplayResult result = replay(trace, options);
            print(result);
            sound &= result.violations().isEmpty();
        }
        return sound ? ExitCode.OK : ExitCode.FAILED;
    }

    private ReplayOptions options() {
        try {
            return new ReplayOptions(memory, writePath.writePath(), threads, copies, repeat, !noWrite, verify);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private ReplayResult replay(Trace trace, ReplayOptions options) {
        PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = new Progress(err, Terminal.error(), trace.file())) {
            return Replay.run(trace, options, progress);
        }
    }

    private void print(ReplayResult result) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.line(result));
        } else {
            ReplayText.lines(result).forEach(out::println);
        }
        out.flush();
    }
}
