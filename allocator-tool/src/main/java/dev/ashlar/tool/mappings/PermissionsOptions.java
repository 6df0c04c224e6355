package dev.ashlar.tool.permissions;

import java.util.List;

/**
 * What is run.
 *
 * @param functionCount functions of the first growth; half are freed, and half as many published again
 * @param seed of sizes and of who is freed
 * @param only cells whose ids begin so; all where empty
 */
public record PermissionsOptions(int functionCount, long seed, List<String> only) {

    /** Fewer would not make eight batches at once, and more than the JVM's own share of mappings. */
    private static final int FUNCTION_COUNT_MIN = 100;
    private static final int FUNCTION_COUNT_MAX = 100_000;

    /**
     * Checks what was asked for.
     *
     * @throws IllegalArgumentException if the number is out of range, or no cell begins so
     */
    public PermissionsOptions {
        only = List.copyOf(only);
        if (functionCount < FUNCTION_COUNT_MIN || functionCount > FUNCTION_COUNT_MAX) {
            throw new IllegalArgumentException("functions must be %d to %d: functions=%d".formatted(
                    FUNCTION_COUNT_MIN, FUNCTION_COUNT_MAX, functionCount));
        }
        for (String prefix : only) {
            if (Cell.all(functionCount).stream().noneMatch(cell -> cell.id().startsWith(prefix))) {
                throw new IllegalArgumentException("no cell begins with '" + prefix + "'; there are "
                        + String.join(", ", Cell.all(functionCount).stream().map(Cell::id).toList()));
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
