package dev.ashlar.heap;

import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.Visibility;
import dev.ashlar.report.AllocationSite;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.symbols.Tools;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a heap records of its blocks: nothing until evidence, a tool or a name is asked for.
 *
 * <p>Thread-safe.
 */
public final class Recorder {
    private final Estate estate;
    private volatile @Nullable Observers observers;

    Recorder(Estate estate) {
        this.estate = estate;
    }

    /**
     * Begins to record what the builder of the heap asked for. Pre: no block was handed out.
     *
     * @throws UncheckedIOException if a file cannot be created
     */
    void begin(Evidence evidence, Visibility visibility, SystemCalls calls) {
        if (evidence.recordsAny() || visibility.isAny()) {
            Tools tools = visibility.isAny() ? tools(visibility, calls) : null;
            // They end with the heap, also if that is dropped.
            estate.tools = tools;
            var _ = observe(evidence, tools);
        }
    }

    private Tools tools(Visibility visibility, SystemCalls calls) {
        Space code = estate.spaces.getFirst();
        return new Tools(
                visibility, estate.name, span(), AddressRange.ofSize(code.base(), code.zone().byteSize()), calls);
    }

    private void requireOpen() {
        estate.spaces.getFirst().requireOpen();
    }

    private AddressRange span() {
        return estate.span.ranges().getFirst();
    }

    /**
     * Names a live block of the current thread. If there is no room for the name, the block stays without one.
     *
     * @param name a String, or an array of {@link NamedPart}, which may have {@linkplain NamedPart#NONE empty places}
     */
    public void name(Space space, long offset, Object name) {
        Observers found = observers;
        try {
            (found != null ? found : observe(Evidence.NONE, null)).named(space.base() + offset, name);
        } catch (OutOfMemoryError | StackOverflowError unrecorded) {
            if (found != null) {
                found.isIncomplete = true;
            }
        }
    }

    /**
     * Begins to record. A thread that frees a named block knows of this: it has the block from the thread that named
     * it.
     */
    private Observers observe(Evidence evidence, @Nullable Tools tools) {
        synchronized (estate.lock) {
            requireOpen();
            Observers found = observers;
            if (found == null) {
                found = new Observers(evidence, tools, estate.name, span());
                for (Space space : estate.spaces) {
                    space.observe(found);
                }
                observers = found;
            }
            return found;
        }
    }

    /** {@return what watches blocks; null if nothing is recorded} */
    @Nullable Observers observers() {
        return observers;
    }

    /** Tells tools of live code again. */
    public void refreshTools() {
        requireOpen();
        Observers found = observers;
        Tools tools = found == null ? null : found.tools();
        if (tools != null) {
            tools.refresh(CodeListing.list(estate.spaces));
        }
    }

    /** {@return where live blocks were taken, if that is recorded} */
    public List<AllocationSite> liveSites() {
        requireOpen();
        Observers found = observers;
        return found == null ? List.of() : found.liveSites();
    }

    /** Records that the heap is closed. */
    void closed() {
        Observers found = observers;
        if (found != null) {
            found.closed(estate.name);
        }
    }
}
