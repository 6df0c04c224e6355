package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A result as a page in Markdown. */
public final class Page {

    private final BenchResult result;
    private final List<String> lines = new ArrayList<>();

    private Page(BenchResult result) {
        this.result = result;
    }

    /** {@return the page; charts stand beside it under these file names} */
    public static String of(BenchResult result, Set<String> charts) {
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
        add("# What was measured", "",
                "Written by `./ashlar bench`; do not edit. All figures are of one run, contenders one after the other"
                        + " in each round.",
                "Times differ from machine to machine; ratios carry over.", "",
                "| | |", "|---|---|",
                cells("command", "`./ashlar " + run.command() + "`"),
                cells("date", run.date()), cells("commit", run.commit()));
        run.host().forEach((name, value) -> add(cells(name, value)));
        add(cells("rounds", Integer.toString(run.rounds())),
                cells("took", run.seconds() / 60 + " min"),
                cells("load", run.loadWords()), "");
    }

    private void verdicts() {
        add("## Targets", "",
                "Ratios are ours over the other's, taken inside each round; the median over the rounds counts.", "",
                "| | target | measured in | ours | against | ratio or figure | at most |",
                "|---|---|---|---|---|---|---|");
        for (Verdict verdict : result.verdicts()) {
            add(cells(VerdictWords.state(verdict), verdict.what(), verdict.title(), VerdictWords.ours(verdict),
                    VerdictWords.against(verdict), VerdictWords.measured(verdict), Quantity.ratio(verdict.limit())));
        }
        add("");
    }

    private void charts(Set<String> files) {
        if (!files.isEmpty()) {
            add("## Charts", "");
            files.forEach(file -> add("![" + file.replaceFirst("\\.svg$", "") + "](" + file + ")", ""));
        }
    }

    /** Rows of the same contenders stand in one table. */
    private void rows() {
        add("## All figures", "",
                "In parentheses the range over the rounds, where it is wide; after the slash ours over theirs.", "");
        Map<List<String>, List<Row>> tables = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            tables.computeIfAbsent(row.entries().stream().map(Entry::contender).toList(), _ -> new ArrayList<>())
                    .add(row);
        }
        tables.forEach((contenders, rows) -> {
            List<String> head = new ArrayList<>(List.of("row", "unit"));
            head.addAll(contenders);
            add(cells(head.toArray(String[]::new)), "|" + "---|".repeat(head.size()));
            rows.forEach(this::row);
            add("");
        });
    }

    private void row(Row row) {
        List<String> cells = new ArrayList<>(List.of(row.title() + " (`" + row.id() + "`)", row.unit()));
        for (Entry entry : row.entries()) {
            Spread figure = entry.figure();
            Spread ratio = entry.ratio();
            cells.add(figure == null
                    ? "-"
                    : Quantity.withRange(figure, row.unit())
                            + (ratio == null ? "" : " / " + Quantity.ratio(ratio.median())));
        }
        add(cells(cells.toArray(String[]::new)));
    }

    private void settings() {
        add("## Memory of each, and who was not there", "");
        Map<String, Set<String>> settings = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            for (Entry entry : row.entries()) {
                String missing = entry.missing();
                String words = missing == null ? entry.setting() : "`" + row.id() + "` not measured: " + missing;
                if (!words.isEmpty()) {
                    settings.computeIfAbsent(entry.contender(), _ -> new LinkedHashSet<>()).add(words);
                }
            }
        }
        settings.forEach((contender, words) -> add("- " + contender + ": " + String.join("; ", words)));
    }

    private static String cells(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private void add(String... text) {
        lines.addAll(List.of(text));
    }
}
