package dev.ashlar.tool.permissions;

import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run found.
 *
 * @param host what the host offers
 * @param functions functions of the first growth
 * @param seed of sizes and of who is freed
 * @param cells what was seen, one for each way and backing
 * @param targets what was promised, held against it
 */
public record PermissionsResult(
        Host host, int functions, long seed, List<CellResult> cells, List<TargetResult> targets) {

    /** Copies the lists, so that a result never changes. */
    public PermissionsResult {
        cells = List.copyOf(cells);
        targets = List.copyOf(targets);
    }

    /** {@return whether nothing that was promised was found otherwise} */
    public boolean holds() {
        return targets.stream().noneMatch(target -> target.state() == Verdict.State.MISSED);
    }

    /**
     * One cell.
     *
     * @param cell which
     * @param figures what was seen; null where there is nothing
     * @param lacking why this host cannot serve it; null where it can
     * @param failure what went wrong; null where nothing did
     */
    public record CellResult(
            Cell cell, @Nullable CellFigures figures, @Nullable String lacking, @Nullable String failure) {}

    /**
     * One promise.
     *
     * @param path whose it is
     * @param claim the promise
     * @param state whether it is so; unknown where no cell could be run
     * @param evidence the figures, cell by cell
     */
    public record TargetResult(String path, String claim, Verdict.State state, String evidence) {}
}
