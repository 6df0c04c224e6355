package dev.ashlar.region;

import dev.ashlar.memory.Refusal;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapDamagedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.stubs.KernelRelease;
import dev.ashlar.stubs.Pagemap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a heap can be used: it is open, closed, or damaged. It is damaged if an Error of the JVM (stack overflow, no
 * Java heap) cut a change short that cannot be completed or undone. Then only {@code close()} works, which reads no
 * bookkeeping of blocks.
 *
 * <p>Thread-safe. All zones of a heap share one.
 */
public final class Health {
    /**
     * What a failing call needs is loaded with the first heap. A class that could not be loaded once, because there was
     * no descriptor to read its file or no stack, stays missing.
     */
    @SuppressWarnings("UnusedVariable")
    private static final List<Class<?>> NEEDED_BY_FAILURES = List.of(
            Refusal.class, MemoryFile.Failure.class, BackingUnavailableException.class, BlockStateException.class,
            HeapDamagedException.class, HeapExhaustedException.class, WritePathException.class,
            WrongAddressException.class, KernelRelease.class, Pagemap.class);

    private final String heapName;
    private final Throwable closing = new Throwable("closed");

    /**
     * Why the heap can no longer be used, or null if it can. Code that catches an Error in the middle of a change
     * stores it here. This is a field, because a call could overflow the stack again.
     */
    public volatile @Nullable Throwable end;

    private volatile boolean closed;
    private volatile boolean closedByCaller;

    /** Creates the health of an open heap. */
    public Health(String heapName) {
        this.heapName = heapName;
    }

    /**
     * Throws unless the heap can be used.
     *
     * @throws HeapClosedException if it is closed
     * @throws HeapDamagedException if it is damaged
     */
    public void require() {
        Throwable cause = end;
        if (cause != null) {
            throw closed ? HeapClosedException.of(heapName) : HeapDamagedException.of(heapName, cause);
        }
    }

    /** {@return whether the heap is closed} */
    public boolean isClosed() {
        return closed;
    }

    /** {@return whether a caller closed the heap, and not the garbage collector} */
    public boolean isClosedByCaller() {
        return closedByCaller;
    }

    /** Records that it was a caller who closed the heap. */
    public void noteCaller() {
        closedByCaller = true;
    }

    /** Records that the heap is closed. */
    public void close() {
        closed = true;
        end = closing;
    }
}
