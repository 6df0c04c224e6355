package dev.ashlar.tool.mappings;

import dev.ashlar.tool.figures.Verdict.State;
import dev.ashlar.tool.mappings.Cell.Kind;
import dev.ashlar.tool.mappings.CellFigures.Work;
import dev.ashlar.tool.mappings.PermissionsResult.CellResult;
import dev.ashlar.tool.mappings.PermissionsResult.TargetResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks what was promised of each publish method against the figures of its cells. */
record PermissionsTargets(List<CellResult> results, List<TargetResult> targets) {

    /** The backings that a target concerns. */
    private enum Concerns {
        ALL, HUGE;

        boolean includes(CellResult result) {
            return this == ALL || result.cell().backing().isHuge();
        }
    }

    static List<TargetResult> check(List<CellResult> results) {
        PermissionsTargets targets = new PermissionsTargets(results, new ArrayList<>());
        targets.withoutChanges(Kind.ALIAS);
        targets.withoutChanges(Kind.POKE);
        targets.inPlace();
        targets.add(Kind.FLIPS, "for comparison: leaves all of its regions split", Concerns.ALL,
                seen -> seen.healed().splitRegions() == seen.healed().regions(),
                seen -> "%d of %d".formatted(seen.healed().splitRegions(), seen.healed().regions()));
        targets.wrongResults();
        return List.copyOf(targets.targets);
    }

    /** A write path on which no permission ever changes. */
    private void withoutChanges(Kind kind) {
        add(kind, "no mprotect call", Concerns.ALL,
                seen -> seen.mprotect().load() == 0,
                seen -> Long.toString(seen.mprotect().load()));
        add(kind, "VMAs by regions only", Concerns.ALL,
                seen -> seen.throughout().strayVmasMax() == 0 && seen.throughout().jointsPerRegionMax() == 0,
                seen -> "%d at most, %d joints in a region".formatted(seen.throughout().vmasMax(),
                        seen.throughout().jointsPerRegionMax()));
        add(kind, "100 % PMD-mapped throughout", Concerns.HUGE,
                seen -> Double.valueOf(100).equals(seen.throughout().hugePercentMin()),
                seen -> "%s at least, %d looks".formatted(percent(seen.throughout().hugePercentMin()),
                        seen.throughout().looks()));
        add(kind, "no region ever split", Concerns.HUGE,
                seen -> seen.splits().seen() == 0 && ledgerSplits(seen) <= 0,
                seen -> Integer.toString(seen.splits().seen()));
    }

    /** The write path on which permissions change, but as rarely as possible. */
    private void inPlace() {
        add(Kind.IN_PLACE, "at most one mprotect per domain and contiguous run that a publish touches", Concerns.ALL,
                seen -> seen.mprotect().publishing() <= seen.work().pageRuns(),
                seen -> "%,d of %,d".formatted(seen.mprotect().publishing(), seen.work().pageRuns()));
        of(Kind.FLIPS).stream().map(CellResult::figures).filter(Objects::nonNull).findFirst().ifPresent(
                flips -> add(Kind.IN_PLACE, "at most half of flipping's mprotect calls", Concerns.ALL,
                        seen -> 2 * seen.mprotect().load() <= flips.mprotect().load(),
                        seen -> "%,d of %,d".formatted(seen.mprotect().load(), flips.mprotect().load())));
        add(Kind.IN_PLACE, "at most one joint per region with an open batch", Concerns.ALL,
                seen -> seen.throughout().jointsPerRegionMax() <= 1,
                seen -> "%d (regions with one: %d)".formatted(seen.throughout().jointsPerRegionMax(),
                        seen.throughout().jointedRegionsMax()));
        add(Kind.IN_PLACE, "a region splits at most once per lifetime of its contents", Concerns.HUGE,
                seen -> seen.splits().perLifetimeMax() <= 1,
                seen -> "%d (splits: %d)".formatted(seen.splits().perLifetimeMax(), seen.splits().seen()));
        add(Kind.IN_PLACE, "the ledger knows of every split that was seen", Concerns.HUGE,
                seen -> ledgerSplits(seen) >= seen.splits().seen(),
                seen -> "%d of %d".formatted(ledgerSplits(seen), seen.splits().seen()));
        // No batch is open then: a region that is not full is idle.
        add(Kind.IN_PLACE, "after healing no full or idle region is left split and its VMAs are merged", Concerns.HUGE,
                seen -> seen.healed().splitRegions() == 0 && seen.healed().joints() == 0
                        && seen.healed().strayVmas() == 0,
                seen -> "%d of %d split, %d joints".formatted(seen.healed().splitRegions(), seen.healed().regions(),
                        seen.healed().joints()));
    }

    private void wrongResults() {
        List<Work> done = results.stream().map(CellResult::figures).filter(Objects::nonNull).map(CellFigures::work)
                .toList();
        targets.add(new TargetResult("all", "functions run and return what they must",
                state(results, seen -> seen.work().wrongResults() == 0),
                "%,d of %,d calls returned something else".formatted(
                        done.stream().mapToLong(Work::wrongResults).sum(),
                        done.stream().mapToLong(Work::calls).sum())));
    }

    private List<CellResult> of(Kind kind) {
        return results.stream().filter(result -> result.cell().kind() == kind).toList();
    }

    /** Adds a target, unless no cell that it concerns was asked for. */
    private void add(Kind kind, String claim, Concerns concerned, Predicate<CellFigures> holds,
            Function<CellFigures, String> words) {
        List<CellResult> cells = of(kind).stream().filter(concerned::includes).toList();
        if (!cells.isEmpty()) {
            targets.add(new TargetResult(kind.toString(), claim, state(cells, holds), cells.stream()
                    .map(cell -> name(cell.cell()) + words(cell, words))
                    .collect(Collectors.joining("; "))));
        }
    }

    private static State state(List<CellResult> cells, Predicate<CellFigures> holds) {
        return cells.stream().map(cell -> state(cell, holds)).reduce(State.UNKNOWN, State::and);
    }

    private static State state(CellResult cell, Predicate<CellFigures> holds) {
        if (cell.figures() == null) {
            // A cell that the host lacks says nothing; a cell that failed does.
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

    /** {@return a cell's name without that of its publish method} */
    private static String name(Cell cell) {
        String prefix = cell.kind() + "-";
        return cell.id().startsWith(prefix) ? cell.id().substring(prefix.length()) + ": " : cell.id() + ": ";
    }

    private static long ledgerSplits(CellFigures seen) {
        return seen.splits().books() == null ? -1 : seen.splits().books().splits();
    }

    private static String percent(@Nullable Double percent) {
        return percent == null ? "nothing to be huge" : "%.1f %%".formatted(percent);
    }
}
