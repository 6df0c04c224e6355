package dev.ashlar.examples.filter;

import dev.ashlar.Trampoline;
import dev.ashlar.TrampolinePool;
import dev.ashlar.report.HeapExhaustedException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A predicate that can be run: at first by the interpreter, later by code. Its callers are linked to a trampoline once;
 * each new version is one store of data, which leads them elsewhere.
 *
 * <p>All methods may be called by any thread. A {@link FilterThread} runs the filter.
 */
public final class Filter implements AutoCloseable {
    private final String name;
    private final Predicate predicate;
    private final List<ColumnType> types;
    private final TierUp tierUp;
    private final Placer placer;
    private final OldVersions oldVersions;
    private final Set<Filter> openFilters;
    private final Trampoline entry;
    private final MethodHandle call;
    private final ReentrantLock compiling = new ReentrantLock();

    /** Rows so far. Threads may lose each other's counts, which does no harm: a version comes a little later. */
    private long rowCount;

    private volatile long nextTierRowCount;
    /** Changed under the lock. */
    private volatile Version current;
    /** Changed under the lock. */
    private volatile boolean isClosed;

    Filter(String name, Predicate predicate, List<ColumnType> types, TierUp tierUp, Placer placer,
            TrampolinePool trampolines, OldVersions oldVersions, Set<Filter> openFilters) {
        this.name = name;
        this.predicate = predicate;
        this.types = types;
        this.tierUp = tierUp;
        this.placer = placer;
        this.oldVersions = oldVersions;
        this.openFilters = openFilters;
        this.nextTierRowCount = tierUp.next(Tier.INTERPRETED);
        Version.Interpreted first = placer.interpreted(predicate, types);
        try {
            this.current = first;
            this.entry = trampolines.take(first.address());
            this.call = entry.bind(Version.FUNCTION);
        } catch (RuntimeException | Error refused) {
            first.life().close();
            throw refused;
        }
    }

    /** {@return the name that was given to the filter} */
    public String name() {
        return name;
    }

    /** {@return what it selects} */
    public Predicate predicate() {
        return predicate;
    }

    /** {@return the columns that it expects} */
    public List<ColumnType> types() {
        return types;
    }

    /** {@return how good its current version is} */
    public Tier tier() {
        return current.tier();
    }

    /** Runs the current version. Pre: the thread is registered, the selection has room for all rows. */
    int run(Table table, MemorySegment selection) {
        if (isClosed) {
            throw new IllegalStateException("filter " + name + " is closed");
        }
        if (!table.types().equals(types)) {
            throw new IllegalArgumentException(
                    "filter " + name + " expects other columns: expected=" + types + ", found=" + table.types());
        }
        int count;
        try {
            // If another thread closes the filter now, what it frees waits for this thread.
            count = (int) call.invokeExact(table.addresses(), table.rowCount(), selection);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable checked) {
            throw new AssertionError("machine code throws no exceptions", checked);
        }
        rowCount += table.rowCount();
        if (rowCount >= nextTierRowCount) {
            tierUp();
        }
        return count;
    }

    /** Compiles in the thread that noticed; others go on with the current version meanwhile. */
    private void tierUp() {
        if (!compiling.tryLock()) {
            return;
        }
        try {
            if (!isClosed && rowCount >= nextTierRowCount) {
                nextTierRowCount = TierUp.NEVER;
                better().ifPresent(this::install);
            }
        } catch (HeapExhaustedException full) {
            // The filter works without it.
        } finally {
            compiling.unlock();
        }
    }

    /** {@return a better version than the current one, if there is one that the processor can run} */
    private Optional<Version> better() {
        Optional<Version> better = Optional.empty();
        if (rowCount >= tierUp.vectorRowCount() && HostFeatures.hasVectors()) {
            better = VectorCompiler.compile(predicate).map(code -> placer.vector(code, name));
        }
        if (better.isEmpty() && current.tier() == Tier.INTERPRETED) {
            better = ScalarCompiler.compile(predicate).map(code -> placer.scalar(code, name));
        }
        return better;
    }

    private void install(Version version) {
        Version old = current;
        entry.retarget(version.address());
        current = version;
        nextTierRowCount = tierUp.next(version.tier());
        // From here on no thread enters the old version, but some may be in it.
        oldVersions.retire(old);
    }

    /** Frees the filter when no thread runs it any more. Closing again does nothing. */
    @Override
    public void close() {
        compiling.lock();
        try {
            if (!isClosed) {
                isClosed = true;
                openFilters.remove(this);
                oldVersions.retire(entry);
                oldVersions.retire(current);
            }
        } finally {
            compiling.unlock();
        }
    }

    @Override
    public String toString() {
        return "Filter[name=" + name + ", tier=" + tier() + "]";
    }
}
