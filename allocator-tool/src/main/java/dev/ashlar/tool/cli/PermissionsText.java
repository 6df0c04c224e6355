package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.bytes;
import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.figures.Verdict.State;
import dev.ashlar.tool.permissions.Cell;
import dev.ashlar.tool.permissions.CellFigures;
import dev.ashlar.tool.permissions.CellFigures.Moment;
import dev.ashlar.tool.permissions.PermissionsResult;
import dev.ashlar.tool.permissions.PermissionsResult.CellResult;
import dev.ashlar.tool.permissions.PermissionsResult.TargetResult;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** The figures of permissions as a table for a person, and the targets below. */
final class PermissionsText {

    private static final String ROW = "  %-25s%9s%7s%8s%7s%7s%8s%8s%6s%8s%9s%10s%10s%7s%8s%9s";

    private static final int LINE_LENGTH_MAX = 150;
    private static final String EVIDENCE_INDENT = " ".repeat(14);

    private static final double NANOS_PER_MILLI = 1e6;

    private final List<String> lines = new ArrayList<>();
    private final PermissionsResult result;
    private final Ansi ansi;

    private PermissionsText(PermissionsResult result, Ansi ansi) {
        this.result = result;
        this.ansi = ansi;
    }

    static List<String> lines(PermissionsResult result, Ansi ansi) {
        PermissionsText text = new PermissionsText(result, ansi);
        text.head();
        result.cells().forEach(text::cell);
        text.legend();
        text.targets();
        return text.lines;
    }

    private void head() {
        line("Linux %s, JDK %s; seed %d".formatted(result.host().kernel(), result.host().jdk(), result.seed()));
        line("%s published, half of them freed at random, half as many published again%s".formatted(
                count(result.functions(), "function"), liveWords()));
        line("");
        // The columns of a row that belong together.
        line("  %-25s%9s%15s%22s%31s%20s%24s".formatted("", "mprotect", "VMAs, most", "mapped huge, %",
                "regions split", "time per function", "committed over live"));
        line(ROW.formatted("", "calls", "ours", "process", "least", "end", "healed", "seen", "end", "healed", "for",
                "publish", "free", "grown", "halved", "refilled"));
    }

    private String liveWords() {
        return result.cells().stream()
                .map(CellResult::figures)
                .filter(figures -> figures != null)
                .findFirst()
                .map(figures -> "; %s live at most".formatted(bytes(figures.grown().liveBytes())))
                .orElse("");
    }

    private void cell(CellResult cell) {
        CellFigures seen = cell.figures();
        if (seen == null) {
            String reason = cell.lacking() == null
                    ? "failed: " + cell.failure()
                    : "not on this host: " + cell.lacking();
            wrapped("  %-27s".formatted(cell.cell().id()), reason, " ");
            return;
        }
        CellFigures.Splits splits = seen.splits();
        line(ROW.formatted(cell.cell().id(), count(seen.mprotect().load()), count(seen.throughout().vmasMax()),
                count(seen.throughout().processVmasMax()), percent(seen.throughout().hugePercentMin()),
                percent(seen.refilled()), percent(seen.healed()), count(splits.seen()),
                count(seen.refilled().splitRegions()), count(seen.healed().splitRegions()),
                duration(splits.regionNanos()), Units.nanos(seen.times().nanosPerPublish()),
                Units.nanos(seen.times().nanosPerFree()), ratio(seen.grown()), ratio(seen.halved()),
                ratio(seen.refilled())));
    }

    private void legend() {
        line("");
        line("ours: VMAs in the address space of the functions. least: at any look, some hundred on the way. seen:"
                + " times a region was found split;");
        line("end, healed: regions still split when all was done, and after healing. for: regions times how long they"
                + " were split.");
        Map<Integer, Set<String>> backings = new TreeMap<>();
        result.cells().stream().map(CellResult::cell).filter(Cell::isBatched).forEach(cell -> backings
                .computeIfAbsent(cell.functionsPerPublication(), _ -> new LinkedHashSet<>())
                .add(cell.backing().label()));
        backings.forEach((functions, labels) -> line("N-open: N batches at once, on a thread each, of %s on %s"
                .formatted(count(functions, "function"), String.join(" and ", labels))));
        if (result.cells().stream().anyMatch(cell -> cell.cell().contents() == Cell.Contents.UNITS)) {
            line("units: batches of functions with constants and variables, in memory of their domains");
        }
    }

    private void targets() {
        line("");
        line("Targets");
        for (TargetResult target : result.targets()) {
            line("  %s %s: %s".formatted(mark(target.state()), target.path(), target.claim()));
            wrapped(EVIDENCE_INDENT, target.evidence(), "; ");
        }
        line("  %d held, %d missed, %d unknown".formatted(targets(State.HELD), targets(State.MISSED),
                targets(State.UNKNOWN)));
    }

    private long targets(State state) {
        return result.targets().stream().filter(target -> target.state() == state).count();
    }

    /** Adds a text in lines that are not too long, broken at gaps, all below each other. */
    private void wrapped(String begin, String text, String gap) {
        StringBuilder current = new StringBuilder(begin);
        // Parts keep the gap behind them.
        for (String part : text.split("(?<=" + gap + ")", -1)) {
            if (current.length() > begin.length() && current.length() + part.length() > LINE_LENGTH_MAX) {
                line(current.toString());
                current.setLength(0);
                current.append(" ".repeat(begin.length()));
            }
            current.append(part);
        }
        line(current.toString());
    }

    private static String percent(@Nullable Double percent) {
        // Rounded down: what is not all must not read 100.
        return percent == null ? "-" : "%.1f".formatted(Math.floor(percent * 10) / 10);
    }

    private static String percent(Moment moment) {
        return moment.intendedHugeBytes() == 0
                ? "-"
                : percent(100.0 * moment.hugeBytes() / moment.intendedHugeBytes());
    }

    private static String ratio(Moment moment) {
        return "%.2f".formatted(moment.committedOverLive());
    }

    private static String duration(long nanos) {
        double millis = nanos / NANOS_PER_MILLI;
        return millis < 1000 ? "%.0f ms".formatted(millis) : "%.1f s".formatted(millis / 1000);
    }

    private String mark(State state) {
        return ansi.string(switch (state) {
            case HELD -> "@|green [held]   |@";
            case MISSED -> "@|bold,red [missed] |@";
            case UNKNOWN -> "@|yellow [unknown]|@";
        });
    }

    private void line(String text) {
        lines.add(text.stripTrailing());
    }
}
