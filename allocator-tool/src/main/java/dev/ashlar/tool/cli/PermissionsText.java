package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.bytes;
import static dev.ashlar.tool.figures.Units.count;
import static dev.ashlar.tool.figures.Units.nanos;

import dev.ashlar.tool.figures.Table;
import dev.ashlar.tool.figures.Verdict.State;
import dev.ashlar.tool.mappings.Cell;
import dev.ashlar.tool.mappings.CellFigures;
import dev.ashlar.tool.mappings.CellFigures.Moment;
import dev.ashlar.tool.mappings.PermissionsResult;
import dev.ashlar.tool.mappings.PermissionsResult.CellResult;
import dev.ashlar.tool.mappings.PermissionsResult.TargetResult;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** The result of permissions for people: a table of the cells, and the targets. */
final class PermissionsText extends TextReport {

    private static final double NANOS_PER_MILLI = 1e6;

    private final PermissionsResult result;

    PermissionsText(PermissionsResult result, Ansi ansi) {
        super(ansi);
        this.result = result;
        head();
        cells();
        legend();
        targets();
    }

    private void head() {
        line("Linux %s, JDK %s; seed %d".formatted(result.host().kernel(), result.host().jdk(),
                result.seed()));
        String live = result.cells().stream().map(CellResult::figures).filter(Objects::nonNull).findFirst()
                .map(figures -> "; %s live at most".formatted(bytes(figures.grown().liveBytes())))
                .orElse("");
        line("%s published, half of them freed at random, half as many published again%s".formatted(
                count(result.functions(), "function"), live));
        line("");
    }

    private void cells() {
        Table table = new Table().left().right("mprotect\ncalls", "VMAs\nmethod", "VMAs\nprocess", "huge %\nleast",
                "huge %\nend", "huge %\nhealed", "splits\nseen", "split\nend", "split\nhealed", "split\nfor",
                "time\npublish", "time\nfree", "committed\ngrown", "over live\nhalved", "\nrefilled");
        result.cells().forEach(cell -> {
            if (cell.figures() != null) {
                row(table, cell.cell().id(), cell.figures());
            }
        });
        table(table);
        for (CellResult cell : result.cells()) {
            if (cell.figures() == null) {
                wrapped("  %-24s ".formatted(cell.cell().id()), cell.lacking() == null
                        ? "failed: " + cell.failure()
                        : "not on this host: " + cell.lacking(), " ");
            }
        }
    }

    private static void row(Table table, String name, CellFigures seen) {
        CellFigures.Splits splits = seen.splits();
        table.row(name, count(seen.mprotect().load()), count(seen.throughout().vmasMax()),
                count(seen.throughout().processVmasMax()), percent(seen.throughout().hugePercentMin()),
                percent(seen.refilled()), percent(seen.healed()), count(splits.seen()),
                count(seen.refilled().splitRegions()), count(seen.healed().splitRegions()),
                duration(splits.regionNanos()), nanos(seen.times().nanosPerPublish()),
                nanos(seen.times().nanosPerFree()), ratio(seen.grown()), ratio(seen.halved()),
                ratio(seen.refilled()));
    }

    private void legend() {
        line("");
        line(
                "VMAs: the most at any look, of the method's own address space and of the process. huge %, least: at"
                        + " any look.");
        line("splits seen: how often a region was found newly split. split, end and healed: regions still split"
                + " at the end, and after healing.");
        line("split for: the time that regions were split, added up. time: per function.");
        Map<Integer, Set<String>> backings = new TreeMap<>();
        result.cells().stream().map(CellResult::cell).filter(Cell::isBatched).forEach(cell -> backings
                .computeIfAbsent(cell.functionsPerPublication(), _ -> new LinkedHashSet<>())
                .add(cell.backing().label()));
        backings.forEach((functions, labels) -> line(
                "N-open: N batches at once, each on its own thread, of %s on %s".formatted(
                        count(functions, "function"), String.join(" and ", labels))));
        if (result.cells().stream().anyMatch(cell -> cell.cell().contents() == Cell.Contents.UNITS)) {
            line("units: batches of functions with constants and variables, in memory of their domains");
        }
    }

    private void targets() {
        title("Targets");
        for (TargetResult target : result.targets()) {
            line("  %s %s: %s".formatted(mark(target.state()), target.path(), target.claim()));
            wrapped(" ".repeat(14), target.evidence(), "; ");
        }
        line("  %d held, %d missed, %d unknown".formatted(targets(State.HELD), targets(State.MISSED),
                targets(State.UNKNOWN)));
    }

    private long targets(State state) {
        return result.targets().stream().filter(target -> target.state() == state).count();
    }

    private static String percent(@Nullable Double percent) {
        // Rounded down: 99.96 must not look like 100.
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
}
