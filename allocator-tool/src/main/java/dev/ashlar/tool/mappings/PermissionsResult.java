package dev.ashlar.tool.mappings;

import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of {@code ashlar permissions}, as its JSON has it. */
public record PermissionsResult(
        Host host, int functions, long seed, List<CellResult> cells, List<TargetResult> targets) {

    /** {@return whether no target was missed} */
    public boolean holds() {
        return targets.stream().noneMatch(target -> target.state() == Verdict.State.MISSED);
    }

    /**
     * One cell.
     *
     * @param figures what was measured; null if the cell could not run
     * @param lacking why this host cannot run it; null if it can
     * @param failure what went wrong; null if the cell did not fail
     */
    public record CellResult(
            Cell cell, @Nullable CellFigures figures, @Nullable String lacking, @Nullable String failure) {}

    /**
     * One promise.
     *
     * @param path the publish method it belongs to
     * @param state whether it holds; unknown if no cell could run
     * @param evidence the figures, cell by cell
     */
    public record TargetResult(String path, String claim, Verdict.State state, String evidence) {}
}
