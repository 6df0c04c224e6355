package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Visibility;
import dev.ashlar.region.Span;
import dev.ashlar.report.AllocationSite;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.symbols.Tools;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a heap records of its blocks: nothing until evidence, a tool or a name is asked for.
 *
 * <p>Thread-safe.
 */
public final class Recorder {
    private final String heapName;
    private final Span span;
    private final Object lock;
    private final Supplier<List<Space>> spaces;
    private volatile @Nullable Observers observers;

    /**
     * Records nothing yet.
     *
     * @param lock held when the heap opens a space
     * @param spaces returns those that are open, the one for code first
     */
    Recorder(String heapName, Span span, Object lock, Supplier<List<Space>> spaces) {
        this.heapName = heapName;
        this.span = span;
        this.lock = lock;
        this.spaces = spaces;
    }

    /**
     * Begins to record what the builder of the heap asked for. Pre: no block was handed out.
     *
     * @return the tools that learn of code, to be closed with the heap; null if there are none
     * @throws UncheckedIOException if a file cannot be created
     */
    @Nullable Tools begin(Evidence evidence, Visibility visibility, SystemCalls calls) {
        Tools tools = visibility.isAny() ? tools(visibility, calls) : null;
        try {
            if (evidence.recordsAny() || tools != null) {
                var _ = observe(evidence, tools);
            }
            return tools;
        } catch (RuntimeException | Error failed) {
            if (tools != null) {
                tools.closed();
            }
            throw failed;
        }
    }

    private Tools tools(Visibility visibility, SystemCalls calls) {
        Space code = spaces.get().getFirst();
        return new Tools(
                visibility, heapName, range(), AddressRange.ofSize(code.base(), code.zone().byteSize()), calls);
    }

    private void requireOpen() {
        spaces.get().getFirst().requireOpen();
    }

    private AddressRange range() {
        return span.ranges().getFirst();
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

    /** Names the parts of a block of a batch, and tells of them, or of the whole block if it has none. */
    public void published(Piece piece, NamedPart[] parts) {
        Space space = piece.space();
        if (parts.length > 0) {
            name(space, piece.offset(), parts);
        }
        if (space.zone().domain() == Domain.CODE) {
            if (parts.length == 0) {
                space.notePublished(piece.offset(), piece.usableByteSize(), Frame.STANDARD);
            }
            for (NamedPart part : parts) {
                space.notePublished(part);
            }
        }
    }

    /**
     * Begins to record. A thread that frees a named block knows of this: it has the block from the thread that named
     * it.
     */
    private Observers observe(Evidence evidence, @Nullable Tools tools) {
        synchronized (lock) {
            requireOpen();
            Observers found = observers;
            if (found == null) {
                found = new Observers(evidence, tools, heapName, range());
                for (Space space : spaces.get()) {
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
            tools.refresh(CodeListing.list(spaces.get()));
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
            found.closed(heapName);
        }
    }
}
