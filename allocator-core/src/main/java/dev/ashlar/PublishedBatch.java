package dev.ashlar;

import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Piece;
import dev.ashlar.heap.Zones;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.util.List;

/**
 * The code, constants and data that a {@link CodeBatch} published, until they are freed together or the heap is closed.
 * All methods may be called by any thread.
 */
public final class PublishedBatch {
    private final Zones zones;
    private final List<Piece> pieces;
    /** Guarded by this object's monitor. */
    private LifeCycle state = LifeCycle.PUBLISHED;

    private int freedCount;

    PublishedBatch(Zones zones, List<Piece> pieces) {
        this.zones = zones;
        this.pieces = List.copyOf(pieces);
    }

    /**
     * {@return bytes of the pages that the batch holds}
     *
     * @throws BlockStateException if it is freed
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized long byteSize() {
        requireNotFreed("byteSize()");
        return pieces.stream().mapToLong(Piece::usableByteSize).sum();
    }

    /**
     * Frees all sections. The caller promises that no thread runs in the code or touches the rest. Pages that were
     * published are used again when their whole region is free.
     *
     * @throws BlockStateException if it is freed already
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized void free() {
        int count = pieces.size();
        if (freedCount == count) {
            requireNotFreed("free()");
        }
        zones.first().requireOpen();
        state = LifeCycle.FREED;
        // If an Error cuts this short, the next call frees the other pieces.
        while (freedCount < count) {
            pieces.get(freedCount).free();
            freedCount++;
        }
    }

    private void requireNotFreed(String action) {
        zones.first().requireOpen();
        if (state == LifeCycle.FREED) {
            throw state.refuseFreed(action, "the batch of heap " + zones.name());
        }
    }
}
