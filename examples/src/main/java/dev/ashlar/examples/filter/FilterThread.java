package dev.ashlar.examples.filter;

import dev.ashlar.RegisteredThread;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A thread that runs filters. Only that thread may call the methods.
 *
 * <p>Each call begins with a quiescent point. A thread that waits for long holds up the memory of old versions: it
 * should close this object before.
 */
public final class FilterThread implements AutoCloseable {
    private final RegisteredThread registration;
    private final AtomicInteger openCount;
    private boolean isClosed;

    FilterThread(RegisteredThread registration, AtomicInteger openCount) {
        this.registration = registration;
        this.openCount = openCount;
        openCount.incrementAndGet();
    }

    /**
     * Selects the rows of a table that a filter accepts.
     *
     * @param filter the filter
     * @param table a table with the columns that the filter expects
     * @param selection native memory to write the numbers of the selected rows to, in ascending order: 4 bytes for each
     *     row of the table. What lies behind the selected rows has no meaning
     * @return the number of selected rows
     * @throws IllegalArgumentException if the columns are others, or the selection has no room for all rows
     * @throws IllegalStateException if the filter is closed
     */
    public int select(Filter filter, Table table, MemorySegment selection) {
        // Between two calls the thread runs no filter.
        registration.quiescent();
        long needed = (long) table.rowCount() * Integer.BYTES;
        if (!selection.isNative() || selection.isReadOnly() || selection.byteSize() < needed) {
            throw new IllegalArgumentException("no room for the selection: expected=" + needed
                    + " bytes of native memory, found=" + selection);
        }
        return filter.run(Objects.requireNonNull(table, "table"), selection);
    }

    /** Ends the use of filters by this thread. Closing again does nothing. */
    @Override
    public void close() {
        registration.close();
        if (!isClosed) {
            isClosed = true;
            openCount.decrementAndGet();
        }
    }
}
