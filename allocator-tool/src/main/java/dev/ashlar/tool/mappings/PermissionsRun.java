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

/**
 * {@code ashlar permissions}: measures the cells one after the other, each in its own JVM, and checks the targets.
 *
 * @param functionCount functions of the first growth; half of them are freed, and half as many published again
 * @param seed of sizes and of the choice of freed functions
 * @param only prefixes of cell ids; empty for all cells
 */
public record PermissionsRun(int functionCount, long seed, List<String> only) {

    /** A collector without threads of its own, and a heap that is complete from the start: both are VMAs. */
    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m");

    private static final long SECONDS_MAX = 300;

    /** Fewer would not make eight batches at once; more would exceed the process's share of mappings. */
    private static final int FUNCTION_COUNT_MIN = 100;
    private static final int FUNCTION_COUNT_MAX = 100_000;

    /**
     * Checks the options.
     *
     * @throws IllegalArgumentException if the number is out of range, or no cell has such a prefix
     */
    public PermissionsRun {
        only = List.copyOf(only);
        if (functionCount < FUNCTION_COUNT_MIN || functionCount > FUNCTION_COUNT_MAX) {
            throw new IllegalArgumentException("functions must be %d to %d: functions=%d".formatted(
                    FUNCTION_COUNT_MIN, FUNCTION_COUNT_MAX, functionCount));
        }
        List<String> ids = Cell.all(functionCount).stream().map(Cell::id).toList();
        for (String prefix : only) {
            if (ids.stream().noneMatch(id -> id.startsWith(prefix))) {
                throw new IllegalArgumentException("no cell begins with '%s'; there are %s".formatted(prefix,
                        String.join(", ", ids)));
            }
        }
    }

    /** {@return the cells to run} */
    List<Cell> cells() {
        return Cell.all(functionCount).stream()
                .filter(cell -> only.isEmpty() || only.stream().anyMatch(cell.id()::startsWith))
                .toList();
    }

    /**
     * Measures the cells.
     *
     * @param progress receives each next step in a few words
     */
    public PermissionsResult measure(Consumer<String> progress) {
        List<CellResult> results = new ArrayList<>();
        List<Cell> cells = cells();
        for (Cell cell : cells) {
            progress.accept("%d of %d, %s".formatted(results.size() + 1, cells.size(), cell.id()));
            results.add(inChild(cell));
        }
        return new PermissionsResult(Host.read(), functionCount, seed, results,
                PermissionsTargets.check(results));
    }

    private CellResult inChild(Cell cell) {
        List<String> jvmOptions = new ArrayList<>(JVM_OPTIONS);
        String warmUp = System.getProperty(CellProcess.WARM_UP_PROPERTY);
        if (warmUp != null) {
            jvmOptions.add("-D" + CellProcess.WARM_UP_PROPERTY + "=" + warmUp);
        }
        ChildResult child = ChildResult.of(ChildJvm.command(jvmOptions, CellProcess.class.getName(),
                List.of(cell.id(), Integer.toString(functionCount), Long.toString(seed))),
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
