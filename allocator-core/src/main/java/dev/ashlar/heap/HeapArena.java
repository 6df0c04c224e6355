package dev.ashlar.heap;

import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An arena over blocks of a heap. It wraps an arena of the JDK, which defines the life and the access checks of its
 * segments. The memory is the heap's and goes back there when the arena is closed.
 *
 * <p>Small pieces are cut from chunks, one after the other, so that most allocations are an addition and the clearing
 * of a few bytes. A chunk is a block of the heap. The first is small, because most arenas hold little.
 *
 * <p>Subclasses let one thread at a time in.
 */
abstract sealed class HeapArena implements Arena permits ConfinedHeapArena, SharedHeapArena {
    private static final int FIRST_CHUNK_BYTE_SIZE = 256;
    private static final int LARGEST_CHUNK_BYTE_SIZE = BlockStore.LARGEST_PACKED_BYTE_SIZE;
    private static final int LOG2_CHUNK_GROWTH = 2;
    /** A piece larger than this part of the next chunk gets a block of its own, so that little is left over. */
    private static final int LOG2_PIECES_PER_CHUNK = 3;

    private static final long[] NONE = {};

    private final Space space;
    private final Zeroing zeroing;
    private final Arena life;
    /** The heap's memory, with the lifetime of this arena. */
    private final MemorySegment memory;

    /** What is left of the chunk in use, as offsets in the heap. */
    private long next;

    private long end;
    private int chunkByteSize = FIRST_CHUNK_BYTE_SIZE;

    private long firstBlock = -1;
    private long[] furtherBlocks = NONE;
    private int furtherBlockCount;
    /** Whether the segments are closed, and whether the memory is given back, too. */
    private boolean ended;

    private boolean closed;

    private final OpenArenas arenas;
    /** Where this arena is counted as open: a counter, or an entry. */
    private final int counter;

    private final OpenArenas.@Nullable Entry entry;

    /** Opens an arena; {@code user} is the only thread that may use it, or null if any thread may. */
    @SuppressWarnings("restricted")
    HeapArena(Space space, Zeroing zeroing, Arena life, OpenArenas arenas, @Nullable Thread user) {
        this.arenas = arenas;
        this.space = space;
        this.zeroing = zeroing;
        this.life = life;
        MemorySegment all = space.zone().writable();
        this.memory = all.reinterpret(all.byteSize(), life, null);
        // Last: an Error after this would keep the heap open.
        this.counter = user == null ? OpenArenas.NO_COUNTER : arenas.enter(space);
        this.entry = counter == OpenArenas.NO_COUNTER ? arenas.enter(space, life.scope(), user) : null;
    }

    final MemorySegment take(long byteSize, long byteAlignment) {
        if (ended) {
            throw new IllegalStateException("Already closed");
        }
        Arguments.requireAlignment(byteAlignment);
        Arguments.requireNotNegative(byteSize);
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

    /** Takes a block and records it. The room for the record is made first, so that no block can be lost. */
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

    /**
     * Ends the life of the segments, then gives the memory back. If the JDK refuses the first, nothing has changed. If
     * an Error cuts the second short, the next call completes it.
     */
    final void end() {
        if (closed || life.scope().isAlive()) {
            // The JDK refuses a second close.
            life.close();
        }
        ended = true;
        while (furtherBlockCount > 0) {
            space.release(furtherBlocks[furtherBlockCount - 1]);
            furtherBlockCount--;
        }
        if (firstBlock >= 0) {
            space.release(firstBlock);
            firstBlock = -1;
        }
        if (entry != null) {
            arenas.leave(entry);
        } else {
            arenas.leave(counter);
        }
        closed = true;
    }

    @Override
    public final MemorySegment.Scope scope() {
        return life.scope();
    }
}
