package dev.ashlar.tool.mappings;

import com.google.gson.Gson;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.child.ChildResult;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.mappings.PermissionsResult.CellResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs the cells one after the other, each in its own JVM, and checks the targets. */
public final class PermissionsRun {

    /** A collector without threads of its own, and a heap that is complete from the start: both are VMAs. */
    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m");

    private static final long SECONDS_MAX = 300;

    private PermissionsRun() {}

    /**
     * Runs the cells.
     *
     * @param progress receives each next step in a few words
     */
    public static PermissionsResult run(PermissionsOptions options, Consumer<String> progress) {
        List<CellResult> results = new ArrayList<>();
        List<Cell> cells = options.cells();
        for (Cell cell : cells) {
            progress.accept("%d of %d, %s".formatted(results.size() + 1, cells.size(), cell.id()));
            results.add(inChild(cell, options));
        }
        return new PermissionsResult(Host.read(), options.functionCount(), options.seed(), results,
                PermissionsTargets.check(results));
    }

    private static CellResult inChild(Cell cell, PermissionsOptions options) {
        List<String> jvmOptions = new ArrayList<>(JVM_OPTIONS);
        String warmUp = System.getProperty(CellProcess.WARM_UP_PROPERTY);
        if (warmUp != null) {
            jvmOptions.add("-D" + CellProcess.WARM_UP_PROPERTY + "=" + warmUp);
        }
        ChildResult child = ChildResult.of(ChildJvm.command(jvmOptions, CellProcess.class.getName(),
                List.of(cell.id(), Integer.toString(options.functionCount()), Long.toString(options.seed()))),
                Map.of(), SECONDS_MAX);
        Map<String, String> notes = child.answer().notes();
        String figures = notes.get(CellProcess.FIGURES);
        if (child.failure().isPresent()) {
            return new CellResult(cell, null, null, child.failure().get());
        }
        return figures == null
                ? new CellResult(cell, null, notes.getOrDefault(CellProcess.LACKING, "it gave no answer"), null)
                : new CellResult(cell, new Gson().fromJson(figures, CellFigures.class), null, null);
    }
}
