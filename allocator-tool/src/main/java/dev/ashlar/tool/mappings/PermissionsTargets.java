package dev.ashlar.tool.permissions;

import dev.ashlar.tool.figures.Verdict.State;
import dev.ashlar.tool.permissions.Cell.Kind;
import dev.ashlar.tool.permissions.PermissionsResult.CellResult;
import dev.ashlar.tool.permissions.PermissionsResult.TargetResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        targets.silent(Kind.POKE);
        targets.inPlace();
        targets.flips();
        targets.everybody();
        return List.copyOf(targets.targets);
    }

    /** What holds of a path on which no permission ever changes. */
    private void silent(Kind kind) {
        hold(kind, "no mprotect call", _ -> true,
                seen -> seen.mprotect().load() == 0,
                seen -> Long.toString(seen.mprotect().load()));
        hold(kind, "VMAs by regions only", _ -> true,
                seen -> seen.throughout().strayVmasMax() == 0 && seen.throughout().jointsPerRegionMax() == 0,
                seen -> "%d at most, %d joints in a region".formatted(seen.throughout().vmasMax(),
                        seen.throughout().jointsPerRegionMax()));
        hold(kind, "100 % PMD-mapped throughout", result -> result.cell().backing().isHuge(),
                seen -> Double.valueOf(100).equals(seen.throughout().hugePercentMin()),
                seen -> "%s at least, %d looks".formatted(percent(seen.throughout().hugePercentMin()),
                        seen.throughout().looks()));
        hold(kind, "no region ever split", result -> result.cell().backing().isHuge(),
                seen -> seen.splits().seen() == 0 && (seen.splits().books() == null
                        || seen.splits().books().splits() == 0),
                seen -> Integer.toString(seen.splits().seen()));
    }

    /** What holds where permissions change, but as seldom as can be. */
    private void inPlace() {
        hold(Kind.IN_PLACE, "at most one mprotect per domain and contiguous run that a publish touches", _ -> true,
                seen -> seen.mprotect().publishing() <= seen.work().pageRuns(),
                seen -> "%,d of %,d".formatted(seen.mprotect().publishing(), seen.work().pageRuns()));
        CellFigures flips = of(Kind.FLIPS).stream()
                .map(CellResult::figures)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (flips != null) {
            hold(Kind.IN_PLACE, "at most half of flipping's mprotect calls", _ -> true,
                    seen -> 2 * seen.mprotect().load() <= flips.mprotect().load(),
                    seen -> "%,d of %,d".formatted(seen.mprotect().load(), flips.mprotect().load()));
        }
        hold(Kind.IN_PLACE, "at most one joint per region with an open batch", _ -> true,
                seen -> seen.throughout().jointsPerRegionMax() <= 1,
                seen -> "%d (regions with one: %d)".formatted(seen.throughout().jointsPerRegionMax(),
                        seen.throughout().jointedRegionsMax()));
        hold(Kind.IN_PLACE, "a region splits at most once per lifetime of its contents",
                result -> result.cell().backing().isHuge(),
                seen -> seen.splits().perLifetimeMax() <= 1,
                seen -> "%d (splits: %d)".formatted(seen.splits().perLifetimeMax(), seen.splits().seen()));
        hold(Kind.IN_PLACE, "the ledger knows of every split that was seen", result -> result.cell().backing().isHuge(),
                seen -> seen.splits().books() != null && seen.splits().books().splits() >= seen.splits().seen(),
                seen -> seen.splits().books() == null ? "no ledger" : "%d of %d".formatted(
                        seen.splits().books().splits(), seen.splits().seen()));
        // No batch is open by then: what is not full is idle.
        hold(Kind.IN_PLACE, "after healing no full or idle region is left split and its VMAs are merged",
                result -> result.cell().backing().isHuge(),
                seen -> seen.healed().splitRegions() == 0 && seen.healed().joints() == 0
                        && seen.healed().strayVmas() == 0,
                seen -> "%d of %d split, %d joints".formatted(seen.healed().splitRegions(), seen.healed().regions(),
                        seen.healed().joints()));
    }

    /** What the naive way does, to compare with. */
    private void flips() {
        hold(Kind.FLIPS, "for comparison: leaves all of its regions split", _ -> true,
                seen -> seen.healed().splitRegions() == seen.healed().regions(),
                seen -> "%d of %d".formatted(seen.healed().splitRegions(), seen.healed().regions()));
    }

    private void everybody() {
        long calls = 0;
        long wrong = 0;
        State state = State.UNKNOWN;
        for (CellResult result : results) {
            CellFigures seen = result.figures();
            calls += seen == null ? 0 : seen.work().calls();
            wrong += seen == null ? 0 : seen.work().wrongResults();
            state = worse(state, state(result, figures -> figures.work().wrongResults() == 0));
        }
        targets.add(new TargetResult("all", "functions run and return what they must", state,
                "%,d of %,d calls returned something else".formatted(wrong, calls)));
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
            state = worse(state, state(cell, holds));
        }
        String evidence = cells.stream()
                .map(cell -> name(cell.cell()) + words(cell, words))
                .collect(Collectors.joining("; "));
        targets.add(new TargetResult(path, claim, state, evidence));
    }

    /** {@return what two cells say together: one that misses is enough, one that says nothing does not count} */
    private static State worse(State one, State other) {
        return other == State.MISSED || one == State.UNKNOWN ? other : one;
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
