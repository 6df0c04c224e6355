package dev.ashlar.bench.permissions;

import dev.ashlar.bench.permissions.Cell.Kind;
import dev.ashlar.bench.permissions.PermissionsResult.CellResult;
import dev.ashlar.bench.permissions.PermissionsResult.TargetResult;
import dev.ashlar.bench.report.Verdict.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds what was promised of each path against what was seen of its cells. */
final class Targets {

    private final List<CellResult> results;
    private final List<TargetResult> targets = new ArrayList<>();

    private Targets(List<CellResult> results) {
        this.results = results;
    }

    static List<TargetResult> judge(List<CellResult> results) {
        Targets targets = new Targets(results);
        targets.silent(Kind.ALIAS);
        targets.flips();
        targets.everybody();
        return List.copyOf(targets.targets);
    }

    /** What holds of a path on which no permission ever changes. */
    private void silent(Kind kind) {
        hold(kind, "no mprotect call", _ -> true,
                seen -> seen.mprotectCalls() == 0,
                seen -> Long.toString(seen.mprotectCalls()));
        hold(kind, "VMAs by regions only", _ -> true,
                seen -> seen.throughout().strayVmasMax() <= 0 && seen.throughout().jointsPerRegionMax() == 0,
                seen -> "at most %d, %d of them not by regions".formatted(seen.throughout().vmasMax(),
                        Math.max(0, seen.throughout().strayVmasMax()) + seen.throughout().jointsPerRegionMax()));
        hold(kind, "100 % PMD-mapped throughout", result -> result.cell().backing().isHuge(),
                seen -> Double.valueOf(100).equals(seen.throughout().hugePercentMin()),
                seen -> "%s at least, %d looks".formatted(percent(seen.throughout().hugePercentMin()),
                        seen.throughout().looks()));
        hold(kind, "no region ever split", result -> result.cell().backing().isHuge(),
                seen -> seen.splits().seen() == 0 && (seen.splits().books() == null
                        || seen.splits().books().splits() == 0),
                seen -> Integer.toString(seen.splits().seen()));
    }

    /** What the naive way does, to compare with. */
    private void flips() {
        hold(Kind.FLIPS, "for comparison: leaves all of its regions split", _ -> true,
                seen -> seen.healed().splitRegions() == seen.healed().regions(),
                seen -> "%d of %d".formatted(seen.healed().splitRegions(), seen.healed().regions()));
    }

    private void everybody() {
        hold("all", "functions run and return what they must", results,
                seen -> seen.work().calls() > 0 && seen.work().wrongResults() == 0,
                seen -> "%d of %d calls wrong".formatted(seen.work().wrongResults(), seen.work().calls()));
    }

    private void hold(Kind kind, String claim, Predicate<CellResult> concerned, Predicate<CellFigures> holds,
            Function<CellFigures, String> words) {
        hold(kind.label(), claim, of(kind).stream().filter(concerned).toList(), holds, words);
    }

    private List<CellResult> of(Kind kind) {
        return results.stream().filter(result -> result.cell().kind() == kind).toList();
    }

    private void hold(String path, String claim, List<CellResult> cells, Predicate<CellFigures> holds,
            Function<CellFigures, String> words) {
        if (cells.isEmpty()) {
            // Not asked for.
            return;
        }
        State state = State.UNKNOWN;
        for (CellResult cell : cells) {
            State one = state(cell, holds);
            if (one == State.MISSED || state == State.UNKNOWN) {
                state = one;
            }
        }
        String evidence = cells.stream()
                .map(cell -> name(cell.cell()) + words(cell, words))
                .collect(Collectors.joining("; "));
        targets.add(new TargetResult(path, claim, state, evidence));
    }

    private static State state(CellResult cell, Predicate<CellFigures> holds) {
        if (cell.figures() == null) {
            // What could not be had says nothing; what broke does.
            return cell.failure() == null ? State.UNKNOWN : State.MISSED;
        }
        return holds.test(cell.figures()) ? State.HELD : State.MISSED;
    }

    private static String words(CellResult cell, Function<CellFigures, String> words) {
        if (cell.figures() == null) {
            return cell.failure() == null ? "not on this host" : "failed";
        }
        return words.apply(cell.figures());
    }

    /** {@return a cell's name without the path's, which stands beside it} */
    private static String name(Cell cell) {
        String prefix = cell.kind().label() + "-";
        return cell.id().startsWith(prefix) ? cell.id().substring(prefix.length()) + ": " : cell.id() + ": ";
    }

    private static String percent(@Nullable Double percent) {
        return percent == null ? "none meant to be" : "%.1f %%".formatted(percent);
    }
}
