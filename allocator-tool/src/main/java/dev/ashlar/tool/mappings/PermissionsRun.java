package dev.ashlar.tool.mappings;

import dev.ashlar.tool.child.Measurement;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.mappings.PermissionsResult.CellResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code ashlar permissions}: measures the cells one after the other, each in its own JVM, and checks the targets.
 *
 * @param functionCount functions of the first growth; half of them are freed, and half as many published again
 * @param seed of sizes and of the choice of freed functions
 * @param only prefixes of cell ids; empty for all cells
 */
public record PermissionsRun(int functionCount, long seed, List<String> only) {

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
            Measurement<CellFigures> seen =
                    Measurement.inChild(new CellRun(cell, functionCount, seed), CellFigures.class);
            results.add(new CellResult(cell, seen.result(), seen.lacking(), seen.failure()));
        }
        return new PermissionsResult(Host.read(), functionCount, seed, results,
                PermissionsTargets.check(results));
    }
}
