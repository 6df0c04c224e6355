package dev.ashlar.tool.cli;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.FaultScript;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.replay.FaultReplay;
import dev.ashlar.tool.replay.FaultReplayResult;
import dev.ashlar.tool.replay.Replay;
import dev.ashlar.tool.replay.ReplayOptions;
import dev.ashlar.tool.replay.ReplayResult;
import dev.ashlar.tool.replay.Trace;
import dev.ashlar.tool.replay.TraceReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ashlar replay}: replays allocation traces and prints figures. */
@Command(
        name = "replay",
        description = {
            "Replays allocation traces in a code heap and reports time, memory and what the kernel says.",
            "",
            "A trace is text, plain or gzip, one event a line: 'a ID BYTES' allocates, writes and publishes,"
                    + " 'f ID' frees. Each trace gets a fresh heap. The first pass measures memory and asks the kernel;"
                    + " after a warm-up the others are timed. Objects that are never freed are freed between passes,"
                    + " untimed.",
            ""
        },
        exitCodeList = {
            "0:replayed",
            "1:contents were not as written (--verify), a mapping was wrong, or a fault (--faults) left traces",
            "2:wrong options, or a file that is not a trace",
            "3:this host lacks the memory that was asked for"
        })
final class ReplayCommand extends ToolCommand {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Traces to replay, one after the other.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--memory", paramLabel = "KIND", defaultValue = "auto", converter = Choice.Memory.class,
            completionCandidates = Choice.Memory.class,
            description = "The memory of the heap, one of ${COMPLETION-CANDIDATES}: auto takes the best that the"
                    + " host has; any other is an error if the host lacks it. Default: ${DEFAULT-VALUE}.")
    private MemoryDemand memory = MemoryDemand.AUTO;

    @Option(names = "--write-path", paramLabel = "PATH", defaultValue = "auto", converter = Choice.Path.class,
            completionCandidates = Choice.Path.class,
            description = "How code is written, one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private @Nullable WritePath writePath;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads that replay concurrently in one heap. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--copies", paramLabel = "K", defaultValue = "1",
            description = "Copies of the trace that each thread interleaves. Default: ${DEFAULT-VALUE}.")
    private int copies;

    @Option(names = "--repeat", paramLabel = "R", defaultValue = "5",
            description = "Timed passes; the median counts. Default: ${DEFAULT-VALUE}.")
    private int repeat;

    @Option(names = "--no-write", description = "Neither write nor publish: the allocator's bookkeeping alone.")
    private boolean noWrite;

    @Option(names = "--verify",
            description = "Give each object its own contents in each pass and check them, where they would run, before"
                    + " its free and at the end. The time includes this.")
    private boolean verify;

    @Option(names = "--faults", paramLabel = "SCRIPT",
            description = {
                "Make calls to the system fail, for example 'mmap:3=ENOMEM; madvise:*=EPERM; fallocate:2-5=ENOSPC': the"
                        + " third mmap, every madvise, the second to the fifth fallocate. 4- is the fourth and all"
                        + " later ones, and * in place of a name counts all calls. Each trace runs once with the"
                        + " faults and once without. Nothing is timed; --repeat, --no-write and --verify do not"
                        + " count.",
            })
    private @Nullable String faults;

    @Option(names = "--json", description = "Print one JSON object per file, one a line.")
    private boolean json;

    @Override
    public Integer call() {
        ReplayOptions options = options(
                () -> new ReplayOptions(memory, writePath, threads, copies, repeat, !noWrite, verify));
        // Read all traces before the first replay, so that a mistake in the last file is found at once.
        List<Trace> traces = files.stream().map(TraceReader::read).toList();
        boolean sound = true;
        if (faults != null) {
            String script = faults;
            options(() -> FaultScript.parse(script));
            return replayWithFaults(traces, options, script);
        }
        for (Trace trace : traces) {
            ReplayResult result = withProgress(trace.file(), progress -> new Replay(trace, options, progress).run());
            print(json ? List.of(Json.line(result)) : new ReplayText(result).lines());
            sound &= result.violations().isEmpty();
        }
        return sound ? ExitCode.OK : ExitCode.FAILED;
    }

    private int replayWithFaults(List<Trace> traces, ReplayOptions options, String script) {
        boolean sound = true;
        for (Trace trace : traces) {
            FaultReplayResult result = withProgress(trace.file(), progress -> new FaultReplay(trace, options, script,
                    FaultScript.parse(script), progress).run());
            print(json ? List.of(Json.line(result)) : new FaultReplayText(result).lines());
            sound &= result.violations().isEmpty();
        }
        return sound ? ExitCode.OK : ExitCode.FAILED;
    }
}
