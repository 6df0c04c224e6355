package dev.ashlar.tool.mappings;

import java.util.List;

/**
 * What {@code ashlar permissions} runs.
 *
 * @param functionCount functions of the first growth; half of them are freed, and half as many published again
 * @param seed of sizes and of the choice of freed functions
 * @param only prefixes of cell ids; empty for all cells
 */
public record PermissionsOptions(int functionCount, long seed, List<String> only) {

    /** Fewer would not make eight batches at once; more would exceed the process's share of mappings. */
    private static final int FUNCTION_COUNT_MIN = 100;
    private static final int FUNCTION_COUNT_MAX = 100_000;

    /**
     * Checks the options.
     *
     * @throws IllegalArgumentException if the number is out of range, or no cell has such a prefix
     */
    public PermissionsOptions {
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
}
