package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.figures.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A result as a page in Markdown. */
final class Page {

    private final BenchResult result;
    private final List<String> lines = new ArrayList<>();

    private Page(BenchResult result) {
        this.result = result;
    }

    /** {@return the page; the charts are files beside it} */
    static String of(BenchResult result, Set<String> charts) {
        Page page = new Page(result);
        page.head();
        page.verdicts();
        page.charts(charts);
        page.rows();
        page.settings();
        return String.join("\n", page.lines) + "\n";
    }

    private void head() {
        BenchResult.Run run = result.run();
        add("# Measured figures", "",
                "Written by `./ashlar bench`; do not edit. All figures are from one run, with the contenders one after"
                        + " the other in each round.",
                "Times differ between machines; ratios carry over.", "");
        header("", "");
        row("command", "`./ashlar " + run.command() + "`");
        row("date", run.date());
        row("commit", run.commit());
        run.host().forEach(this::row);
        row("rounds", Integer.toString(run.rounds()));
        row("time", run.seconds() / 60 + " min");
        row("load", run.loadText());
        add("");
    }

    private void verdicts() {
        add("## Targets", "",
                "Ratios are Ashlar's figure over the other's, taken in each round; the median of the rounds counts. The"
                        + " range is in parentheses; if it crosses the target, measure the row again.",
                "");
        header("", "target", "measured in", "ours", "against", "ratio or figure", "at most");
        for (Verdict verdict : result.verdicts()) {
            row(verdict.state().word(), verdict.what(), verdict.title(), verdict.oursText(), verdict.againstText(),
                    verdict.measuredText(), verdict.limitText());
        }
        add("");
    }

    private void charts(Set<String> files) {
        if (!files.isEmpty()) {
            add("## Charts", "");
            files.forEach(file -> add("![" + file.replaceFirst("\\.svg$", "") + "](" + file + ")", ""));
        }
    }

    /** Adds one table for the rows that have the same contenders. */
    private void rows() {
        add("## All figures", "",
                "In parentheses the range of the rounds, if it is wide; after the slash ours over theirs.", "");
        result.rows().stream()
                .collect(Collectors.groupingBy(row -> row.entries().stream().map(Entry::contender).toList(),
                        LinkedHashMap::new, Collectors.toList()))
                .forEach((contenders, rows) -> {
                    header(Stream.concat(Stream.of("row", "unit"), contenders.stream()).toArray(String[]::new));
                    rows.forEach(this::figures);
                    add("");
                });
    }

    private void figures(Row row) {
        List<String> cells = new ArrayList<>(List.of(row.title() + " (`" + row.id() + "`)", row.unit()));
        for (Entry entry : row.entries()) {
            Spread figure = entry.figure();
            Spread ratio = entry.ratio();
            String quotient = ratio == null ? "" : " / " + Units.ratio(ratio.median());
            cells.add(figure == null ? "-" : figure.text(row.unit()) + quotient);
        }
        row(cells.toArray(String[]::new));
    }

    private void settings() {
        add("## Memory of each contender, and contenders that were not measured", "");
        Map<String, Set<String>> settings = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            for (Entry entry : row.entries()) {
                String missing = entry.missing();
                String text = missing == null ? entry.setting() : "`" + row.id() + "` not measured: " + missing;
                if (!text.isEmpty()) {
                    settings.computeIfAbsent(entry.contender(), _ -> new LinkedHashSet<>()).add(text);
                }
            }
        }
        settings.forEach((contender, texts) -> add("- " + contender + ": " + String.join("; ", texts)));
    }

    private void header(String... cells) {
        row(cells);
        add("|" + "---|".repeat(cells.length));
    }

    private void row(String... cells) {
        add("| " + String.join(" | ", cells) + " |");
    }

    private void add(String... text) {
        lines.addAll(List.of(text));
    }
}
