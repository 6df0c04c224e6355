package dev.ashlar;

import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * An arena over blocks of a data heap. Life and access checks of its segments are those of an arena of the JDK, which
 * it wraps; the memory is the heap's, and goes back there when the arena is closed.
 *
 * <p>Small pieces are cut off chunks, one behind the other, so that most allocations are an addition and the clearing
 * of a few bytes. A chunk is a block of the heap; the first is small, because most arenas hold little.
 *
 * <p>Subclasses see to it that one thread at a time is in here.
 */
abstract sealed class HeapArena implements Arena permits ConfinedHeapArena, SharedHeapArena {
    private static final int FIRST_CHUNK_BYTE_SIZE = 256;
    private static final int LARGEST_CHUNK_BYTE_SIZE = BlockStore.LARGEST_PACKED_BYTE_SIZE;
    private static final int LOG2_CHUNK_GROWTH = 2;
    /** What is larger than this part of the chunk to come has a block of its own, so that little is left over. */
    private static final int LOG2_PIECES_PER_CHUNK = 3;

    private static final long[] NONE = {};

    private final HeapSpace space;
    private final Zeroing zeroing;
    private final Arena life;
    /** The heap's memory, with the life of this arena. */
    private final MemorySegment memory;

    /** What is left of the chunk in use, as offsets in the heap. */
    private long next;

    private long end;
    private int chunkByteSize = FIRST_CHUNK_BYTE_SIZE;

    private long firstBlock = -1;
    private long[] furtherBlocks = NONE;
    private int furtherBlockCount;
    private boolean closed;

    private final OpenArenas arenas;
    private final int counter;

    /** {@code counter} says where this arena is counted as open: see {@link OpenArenas}. */
    @SuppressWarnings("restricted")
    HeapArena(HeapSpace space, Zeroing zeroing, Arena life, OpenArenas arenas, int counter) {
        this.arenas = arenas;
        this.counter = counter;
        this.space = space;
        this.zeroing = zeroing;
        this.life = life;
        MemorySegment all = space.zone.writable();
        this.memory = all.reinterpret(all.byteSize(), life, null);
    }

    final MemorySegment take(long byteSize, long byteAlignment) {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        HeapSpace.requireAlignment(byteAlignment);
        if (byteSize < 0) {
            throw HeapErrors.negative(byteSize);
        }
        return memory.asSlice(takeZeroed(Math.max(byteSize, 1), byteAlignment), byteSize);
    }

    private long takeZeroed(long byteSize, long byteAlignment) {
        long alignment = Math.max(byteAlignment, BlockStore.MINIMUM_ALIGNMENT);
        long start = (next + alignment - 1) & -alignment;
        if (byteSize > end - start) {
            boolean isPiece = byteSize <= pieceLimit() && alignment <= FIRST_CHUNK_BYTE_SIZE;
            if (!isPiece) {
                return zeroing.clear(takeBlock(byteSize, alignment), byteSize);
            }
            start = openChunk(alignment);
        }
        next = start + byteSize;
        return zeroing.clear(start, byteSize);
    }

    private int pieceLimit() {
        return Math.max(FIRST_CHUNK_BYTE_SIZE, chunkByteSize >> LOG2_PIECES_PER_CHUNK);
    }

    private long openChunk(long alignment) {
        int byteSize = chunkByteSize;
        long start = takeBlock(byteSize, alignment);
        end = start + byteSize;
        return start;
    }

    /** Takes a block and notes it. Room for the note is made first, so that no block can be lost. */
    private long takeBlock(long byteSize, long byteAlignment) {
        boolean isFirst = firstBlock < 0;
        if (!isFirst && furtherBlockCount == furtherBlocks.length) {
            furtherBlocks = Arrays.copyOf(furtherBlocks, Math.max(4, 2 * furtherBlockCount));
        }
        long block = space.take(byteSize, byteAlignment, Holder.OBJECT);
        if (isFirst) {
            firstBlock = block;
        } else {
            furtherBlocks[furtherBlockCount++] = block;
        }
        // An arena that asks again is likely to ask for more.
        chunkByteSize = Math.min(chunkByteSize << LOG2_CHUNK_GROWTH, LARGEST_CHUNK_BYTE_SIZE);
        return block;
    }

    /** Ends the life of the segments, then gives the memory back. Where the first is refused nothing has changed. */
    final void end() {
        life.close();
        closed = true;
        if (firstBlock >= 0) {
            free(firstBlock);
        }
        for (int index = 0; index < furtherBlockCount; index++) {
            free(furtherBlocks[index]);
        }
        arenas.leave(counter);
    }

    private void free(long block) {
        FreeResult result = space.free(block, Holder.OBJECT);
        assert result == FreeResult.DONE : result + " block=" + block;
    }

    @Override
    public final MemorySegment.Scope scope() {
        return life.scope();
    }
}
