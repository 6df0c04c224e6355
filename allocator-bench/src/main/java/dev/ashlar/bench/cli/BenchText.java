package dev.ashlar.bench.cli;

import dev.ashlar.bench.report.BenchResult;
import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.bench.suite.Rounds;
import dev.ashlar.tool.cli.TextReport;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Table;
import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Prints the result of the bench for people: all figures, then the targets. */
final class BenchText extends TextReport {

    private final BenchResult result;

    private BenchText(BenchResult result, Ansi ansi) {
        super(ansi);
        this.result = result;
    }

    static List<String> lines(BenchResult result, Ansi ansi) {
        BenchText text = new BenchText(result, ansi);
        text.host();
        result.rows().forEach(text::row);
        text.verdicts();
        return text.lines();
    }

    private void host() {
        BenchResult.Run run = result.run();
        line("ashlar " + run.command());
        Table table = new Table().left().left().row("commit", run.commit() + ", " + run.date());
        run.host().forEach(table::row);
        table.row("rounds", "%d, in %d min %d s".formatted(run.rounds(), run.seconds() / 60, run.seconds() % 60));
        table.row("load", run.loadText());
        table(table);
    }

    private void row(Row row) {
        title("%s (%s)".formatted(row.title(), row.id()));
        Table table = new Table().left().right().left().left().left();
        List<String> missing = new ArrayList<>();
        for (Entry entry : row.entries()) {
            Spread figure = entry.figure();
            if (figure == null) {
                missing.add("  %s not measured: %s".formatted(entry.contender(), entry.missing()));
            } else {
                table.row(entry.contender(), Units.figure(figure.median(), row.unit()), range(figure, "%s - %s",
                        value -> Units.figure(value, row.unit())), ratio(entry.ratio()), entry.setting());
            }
        }
        table(table);
        missing.forEach(this::line);
    }

    private static String range(Spread spread, String format, DoubleFunction<String> text) {
        return spread.min() == spread.max() ? "" : format.formatted(text.apply(spread.min()), text.apply(spread.max()));
    }

    private static String ratio(@Nullable Spread ratio) {
        return ratio == null
                ? ""
                : "ours: x " + Units.ratio(ratio.median()) + range(ratio, " (%s-%s)", Units::ratio);
    }

    private void verdicts() {
        if (result.verdicts().isEmpty()) {
            return;
        }
        title("Targets");
        Map<String, List<Verdict>> byTarget = result.verdicts().stream()
                .collect(Collectors.groupingBy(Verdict::what, LinkedHashMap::new, Collectors.toList()));
        byTarget.forEach((what, verdicts) -> {
            line("  " + what);
            verdicts.forEach(this::verdict);
        });
        line("  %d held, %d missed, %d unknown".formatted(result.count(State.HELD), result.count(State.MISSED),
                result.count(State.UNKNOWN)));
    }

    private void verdict(Verdict verdict) {
        String against = verdict.againstText();
        line("    %s %8s, at most %-7s %s: ours %s%s".formatted(mark(verdict.state()), verdict.measuredText(),
                verdict.limitText(), verdict.row(), verdict.oursText(),
                against.isEmpty() ? "" : "; " + against));
    }

    /** {@return the current step of a run, and the remaining time} */
    static String progress(Rounds.Step step) {
        return "%d of %d, round %d of %d: %s, %s; about %s left".formatted(step.done() + 1, step.samples(),
                step.round() + 1, step.rounds(), step.experiment().id(), step.contender().name(),
                duration(step.millisLeft()));
    }

    /** {@return a time to wait, in seconds or minutes} */
    static String duration(long millis) {
        long seconds = Math.ceilDiv(millis, 1000);
        return seconds < 100 ? seconds + " s" : Math.ceilDiv(seconds, 60) + " min";
    }
}
