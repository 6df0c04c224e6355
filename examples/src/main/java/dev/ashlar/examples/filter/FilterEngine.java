package dev.ashlar.examples.filter;

import dev.ashlar.CodeHeap;
import dev.ashlar.TrampolinePool;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Compiles predicates to filters.
 *
 * {@snippet :
 * Predicate expensive = Value.column(0, ColumnType.DOUBLE).is(Relation.GREATER, Value.constant(100.0));
 * try (CodeHeap heap = CodeHeap.create();
 *         FilterEngine engine = new FilterEngine(heap, TierUp.DEFAULT);
 *         Filter filter = engine.compile("expensive", expensive, List.of(ColumnType.DOUBLE));
 *         FilterThread self = engine.register()) {
 *     int count = self.select(filter, table, selection);
 * }
 * }
 *
 * <p>All methods may be called by any thread.
 */
public final class FilterEngine implements AutoCloseable {
    private static final int FIRST_TRAMPOLINES = 256;

    private final TierUp tierUp;
    private final Placer placer;
    private final TrampolinePool trampolines;
    private final OldVersions oldVersions;
    private final AtomicInteger threadCount = new AtomicInteger();
    private final Set<Filter> openFilters = ConcurrentHashMap.newKeySet();
    private boolean isClosed;

    /**
     * Makes an engine.
     *
     * @param heap where code is placed; the caller closes it after the engine
     * @param tierUp when filters are compiled
     */
    public FilterEngine(CodeHeap heap, TierUp tierUp) {
        this.tierUp = Objects.requireNonNull(tierUp, "tierUp");
        this.placer = new Placer(Objects.requireNonNull(heap, "heap"));
        this.trampolines = heap.openTrampolines(FIRST_TRAMPOLINES);
        this.oldVersions = new OldVersions(heap);
    }

    /**
     * Makes a filter, which is interpreted at first.
     *
     * @param name for people
     * @param predicate which rows to select
     * @param types the columns of the tables
     * @return the filter; the caller closes it, or the engine
     * @throws IllegalArgumentException if the predicate reads a column that tables do not have, or has more than 500
     *     levels
     */
    public Filter compile(String name, Predicate predicate, List<ColumnType> types) {
        Objects.requireNonNull(name, "name");
        Columns.require(Objects.requireNonNull(predicate, "predicate"), types);
        Filter filter = new Filter(
                name, predicate, List.copyOf(types), tierUp, placer, trampolines, oldVersions, openFilters);
        openFilters.add(filter);
        return filter;
    }

    /** {@return what the current thread runs filters with; the thread closes it} */
    public FilterThread register() {
        return new FilterThread(oldVersions.register(), threadCount);
    }

    /** {@return how many old versions wait for a thread that may still run them} */
    public int oldVersionCount() {
        oldVersions.freeMarked();
        return oldVersions.waitingCount();
    }

    /**
     * Closes all filters and frees their memory. Closing again does nothing.
     *
     * @throws IllegalStateException if a thread has not closed its {@link FilterThread}; then nothing has changed
     */
    @Override
    public synchronized void close() {
        if (threadCount.get() != 0) {
            throw new IllegalStateException("threads may run filters: count=" + threadCount.get());
        }
        if (isClosed) {
            return;
        }
        isClosed = true;
        openFilters.forEach(Filter::close);
        oldVersions.close();
        trampolines.close();
        placer.close();
    }
}
