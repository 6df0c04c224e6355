package dev.ashlar.bench.filters;

import java.lang.foreign.MemorySegment;

/** A filter in the form that all contenders have. */
public interface RowFilter {
    /**
     * Selects rows.
     *
     * @param columns the columns of the table
     * @param rowCount its rows
     * @param selection where the numbers of the selected rows go
     * @return the number of selected rows
     */
    int select(MemorySegment[] columns, int rowCount, MemorySegment selection) throws Throwable;
}
