package dev.ashlar;

import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.heap.Piece;
import dev.ashlar.heap.Space;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The code, constants and data that a {@link CodeBatch} published, until they are freed together, or the heap or their
 * {@link CodeGroup} is closed. All methods may be called by any thread.
 */
public final class PublishedBatch {
    private final Lifetime life;
    private final List<Piece> pieces;
    /** Guarded by this object's monitor. */
    private LifeCycle state = LifeCycle.PUBLISHED;

    private int freedCount;

    PublishedBatch(Lifetime life, List<Piece> pieces) {
        this.life = life;
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
     * Returns a section, or a part of one, as it is used: to link handles to its code, or to read and write its data.
     * The segment lives as long as the heap, or as the group in which the batch was opened. It may reach beyond a
     * section, to the end of the block that holds that: the heap does not check where sections end.
     *
     * @param address where it starts, as {@link BatchSection#address()} or inside a section
     * @param byteSize bytes
     * @return the memory: read-only, unless it is data
     * @throws IllegalArgumentException if these bytes do not lie in one block of the batch
     * @throws BlockStateException if the batch is freed, or its group closed
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized MemorySegment segment(long address, long byteSize) {
        requireNotFreed("segment()");
        for (Piece piece : pieces) {
            long start = address - piece.address();
            if (start >= 0 && byteSize >= 0 && byteSize <= piece.usableByteSize() - start) {
                Space space = piece.space();
                return life.frontOf(space, space.zone().domain()).asSlice(piece.offset() + start, byteSize);
            }
        }
        throw new IllegalArgumentException("segment() failed: " + subject() + " has no section of " + byteSize
                + " bytes at 0x" + Long.toHexString(address));
    }

    /**
     * Frees all sections. The caller promises that no thread runs in the code or touches the rest. Pages that were
     * published are used again when their whole region is free.
     *
     * @throws BlockStateException if it is freed already, or is code of a {@link CodeGroup} or
     *     {@link CollectedCode}
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized void free() {
        if (!life.isFreedByCaller()) {
            throw BlockStateException.freedOtherwise("free()", subject(), life.freedBy());
        }
        int count = pieces.size();
        if (freedCount == count) {
            requireNotFreed("free()");
        }
        life.requireOpen();
        state = LifeCycle.FREED;
        // If an Error cuts this short, the next call frees the other pieces.
        while (freedCount < count) {
            pieces.get(freedCount).free();
            freedCount++;
        }
    }

    private String subject() {
        return "the batch of " + life.name();
    }

    private void requireNotFreed(String action) {
        life.requireOpen();
        if (state == LifeCycle.FREED) {
            throw state.refuseFreed(action, subject());
        }
    }
}
