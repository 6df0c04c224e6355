package dev.ashlar.bench.cli;

import dev.ashlar.bench.report.BenchResult;
import dev.ashlar.bench.report.BenchRun;
import dev.ashlar.bench.report.ResultFile;
import dev.ashlar.bench.report.Targets;
import dev.ashlar.bench.suite.EarlierCore;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Suite;
import dev.ashlar.tool.cli.BenchModule;
import dev.ashlar.tool.cli.Progress;
import dev.ashlar.tool.cli.Terminal;
import dev.ashlar.tool.cli.Version;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.figures.Verdict;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ashlar bench}: measures Ashlar and its rivals with the same work, and judges the targets. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            BenchModule.BENCH_SUMMARY,
            "",
            "In each round all contenders do the same work, one after the other, each in a fresh JVM. If a rival is"
                    + " not on this host, the result says why. Without options: everything, up to an hour.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured",
            "1:a target was missed (--check)",
            "2:wrong options, or a file that is not a result",
            "3:this host is not supported"
        })
final class BenchCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Option(names = "--quick", description = "At least one row for each target; at most five minutes.")
    private boolean quick;

    @Option(
            names = "--rows",
            paramLabel = "ID",
            split = ",",
            description = "Only rows whose ids begin with one of these words, separated by commas; see --list.")
    private List<String> rows = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds. Default: 1 with --quick, else 3.")
    private @Nullable Integer rounds;

    @Option(
            names = "--before",
            paramLabel = "COMMIT",
            defaultValue = EarlierCore.DEFAULT,
            description = "The contender 'before' is the allocator of this commit. Default: ${DEFAULT-VALUE}.")
    private String before = EarlierCore.DEFAULT;

    @Option(names = "--trace", paramLabel = "FILE", description = "Replay this trace, too. Can be repeated.")
    private List<Path> traces = new ArrayList<>();

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON.")
    private @Nullable Path json;

    @Option(
            names = "--charts",
            paramLabel = "DIR",
            description = "Write charts as SVG. Default: beside the JSON, if there is one.")
    private @Nullable Path charts;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Write JSON, charts and a page that shows them.")
    private @Nullable Path results;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Measure nothing: show the JSON of an earlier run.")
    private @Nullable Path from;

    @Option(names = "--check", description = "Return 1 if a target was missed.")
    private boolean check;

    @Option(names = "--list", description = "List the rows with contenders and targets, and measure nothing.")
    private boolean list;

    @Override
    public Integer call() {
        Suite suite = suite();
        if (list) {
            suite.experiments().forEach(this::print);
            spec.commandLine().getOut().println("%s: about %s on an idle machine".formatted(
                    Units.count(roundCount(suite), "round"), BenchText.duration(suite.millis(roundCount(suite)))));
            return ExitCode.OK;
        }
        Path earlier = from;
        BenchResult result = earlier == null ? measure(suite) : ResultFile.read(earlier).judgedAgain();
        ResultFile.write(result, json, charts, results);
        PrintWriter out = spec.commandLine().getOut();
        BenchText.lines(result, spec.commandLine().getColorScheme().ansi()).forEach(out::println);
        out.flush();
        boolean missed = result.count(Verdict.State.MISSED) > 0;
        return check && missed ? ExitCode.FAILED : ExitCode.OK;
    }

    private Suite suite() {
        Suite whole = quick ? Suite.quick() : Suite.full();
        for (Path trace : traces) {
            whole = whole.plusTrace(trace);
        }
        if (rows.isEmpty()) {
            return whole;
        }
        List<String> unknown = whole.unknown(rows);
        if (!unknown.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no row begins with '" + unknown.getFirst()
                    + "' (--list shows all)");
        }
        return whole.only(rows);
    }

    private BenchResult measure(Suite suite) {
        int count = roundCount(suite);
        String command = String.join(" ", spec.commandLine().getParseResult().originalArgs());
        BenchRun run = new BenchRun(suite, count, new EarlierCore(before), command);
        try (Progress progress = new Progress(spec.commandLine().getErr(), Terminal.error(), "bench")) {
            return run.measure(step -> progress.accept(BenchText.progress(step)),
                    soFar -> ResultFile.write(soFar, json, null, null));
        }
    }

    private int roundCount(Suite suite) {
        Integer asked = rounds;
        if (asked != null && asked < 1) {
            throw new ParameterException(spec.commandLine(), "rounds must be at least 1: rounds=" + asked);
        }
        return asked == null ? suite.rounds() : asked;
    }

    private void print(Experiment experiment) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("%-22s %s".formatted(experiment.id(), experiment.title()));
        out.println("%-22s   %s".formatted("", String.join(", ", experiment.contenders().stream()
                .map(contender -> contender.name()).toList())));
        for (Experiment.Metric metric : experiment.metrics()) {
            String row = experiment.rowId(metric);
            Targets.of(row).forEach(target -> out.println("%-22s   %s: %s".formatted("", row, target)));
        }
    }
}
