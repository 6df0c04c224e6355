package dev.ashlar.examples.filter;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/**
 * Columns of numbers in native memory. All of it comes from one arena: a call that is given the {@link #addresses()}
 * keeps that arena open while it runs, and so the columns as well.
 */
public final class Table {
    private static final long CACHE_LINE = 64;

    private final List<ColumnType> types;
    private final int rowCount;
    private final List<MemorySegment> columns;
    private final MemorySegment addresses;

    /**
     * Makes a table of zeros.
     *
     * @param types what the columns hold
     * @param rowCount rows, at least 0
     * @param arena where the memory comes from, and how long it lives
     * @throws IllegalArgumentException if the number of rows is negative
     */
    public Table(List<ColumnType> types, int rowCount, Arena arena) {
        this.types = List.copyOf(types);
        Objects.requireNonNull(arena, "arena");
        if (rowCount < 0) {
            throw new IllegalArgumentException("rows out of range: rowCount=" + rowCount);
        }
        this.rowCount = rowCount;
        this.columns = this.types.stream()
                .map(type -> arena.allocate((long) rowCount * type.byteSize(), CACHE_LINE))
                .toList();
        this.addresses = arena.allocate(ValueLayout.ADDRESS, this.types.size());
        for (int index = 0; index < columns.size(); index++) {
            addresses.setAtIndex(ValueLayout.ADDRESS, index, columns.get(index));
        }
    }

    /** {@return what the columns hold} */
    public List<ColumnType> types() {
        return types;
    }

    /** {@return the number of rows} */
    public int rowCount() {
        return rowCount;
    }

    /** {@return the memory of each column, to read and to write} */
    public List<MemorySegment> columns() {
        return columns;
    }

    /** {@return the addresses of the columns, as compiled code expects them} */
    MemorySegment addresses() {
        return addresses;
    }
}
