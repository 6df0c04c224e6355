package dev.ashlar.tool.cli;

import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.soak.Soak;
import dev.ashlar.tool.soak.SoakOptions;
import dev.ashlar.tool.soak.SoakResult;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ashlar soak}: works on all heaps at random and compares them with a model. */
@Command(
        name = "soak",
        description = {
            "Takes, uses and frees blocks of every heap, write path and lifetime at random, with all threads at once,"
                    + " and compares each result with a model: no two blocks overlap, each contains and does what it"
                    + " must, wrong use is refused, counts and bookkeeping agree, committed memory does not drift.",
            "",
            "The first difference ends the test. Each thread's random numbers follow from the seed; with one thread,"
                    + " the seed repeats the test, as far as the garbage collector does the same.",
            ""
        },
        exitCodeList = {
            "0:no fault was found",
            "1:a heap differed from the model, or its memory drifts",
            "2:wrong options",
            "3:this host has no memory for the heaps"
        })
final class SoakCommand extends ToolCommand {

    @Option(names = "--minutes", paramLabel = "N",
            description = "How long to work; 0 if --operations alone ends the test. Default: 1, or 0 with"
                    + " --operations.")
    private @Nullable Integer minutes;

    @Option(names = "--operations", paramLabel = "N", defaultValue = "0",
            description = "Stop when all threads together have done at least N operations, looked at every 100,000"
                    + " operations of a thread; 0 for no such limit. Default: ${DEFAULT-VALUE}.")
    private long operations;

    @Option(names = "--threads", paramLabel = "T",
            description = "Threads that work at once, 1 to 64. Default: one for each processor.")
    private @Nullable Integer threads;

    @Option(names = "--seed", paramLabel = "S",
            description = "Seed of the choices. Default: a new one, which is shown.")
    private @Nullable Long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        SoakOptions options = options(() -> new SoakOptions(
                minutes == null ? operations > 0 ? 0 : 1 : minutes,
                operations,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                seed == null ? RandomGenerator.getDefault().nextLong(1_000_000_000) : seed));
        SoakResult result = withProgress("soak", progress -> new Soak(options, progress).run());
        print(json ? List.of(Json.text(result)) : new SoakText(result, ansi()).lines());
        return result.holds() ? ExitCode.OK : ExitCode.FAILED;
    }
}
