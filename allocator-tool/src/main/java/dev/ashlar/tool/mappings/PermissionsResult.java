package dev.ashlar.tool.mappings;

import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of {@code ashlar permissions}.
 *
 * @param host what the host offers
 * @param functions functions of the first growth
 * @param seed of sizes and of the choice of freed functions
 * @param cells one result for each cell
 * @param targets the promises and whether they hold
 */
public record PermissionsResult(
        Host host, int functions, long seed, List<CellResult> cells, List<TargetResult> targets) {

    /** Copies the lists. */
    public PermissionsResult {
        cells = List.copyOf(cells);
        targets = List.copyOf(targets);
    }

    /** {@return whether no target was missed} */
    public boolean holds() {
        return targets.stream().noneMatch(target -> target.state() == Verdict.State.MISSED);
    }

    /**
     * One cell.
     *
     * @param cell which
     * @param figures what was measured; null if there is nothing
     * @param lacking why this host cannot run it; null if it can
     * @param failure what went wrong; null if nothing did
     */
    public record CellResult(
            Cell cell, @Nullable CellFigures figures, @Nullable String lacking, @Nullable String failure) {}

    /**
     * One promise.
     *
     * @param path the publish method it belongs to
     * @param claim the promise
     * @param state whether it holds; unknown if no cell could run
     * @param evidence the figures, cell by cell
     */
    public record TargetResult(String path, String claim, Verdict.State state, String evidence) {}
}
