package dev.ashlar.bench.rivals;

import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The range tree of the Linux kernel's vmap areas, applied to machine code: each block takes the front of the lowest
 * free range that is long enough. The question is whether this simple structure is enough, or whether buddy and slab
 * pay for themselves.
 *
 * <p>Like a {@link dev.ashlar.CodeHeap} it writes code and fills freed code with traps, but in plain memory, one
 * mapping for all blocks. It does not check a wrong free, and serves one thread.
 *
 * <p>The kernel supplies a page of this mapping when it is first written, as it does for asmjit and for a mapping of
 * each function; the floor pays for a chunk at once, and Ashlar for a region. The tree gives no page back and uses the
 * lowest again, so that after a warm-up few writes cause a page fault.
 */
final class RangeTreeCode implements BlockMemory {

    private static final long CAPACITY = 1L << 30;

    /** Places are multiples of 64 bytes: code of a few hundred bytes would waste most of a page. */
    private static final int GRANULE_LOG2 = 6;
    private static final MemorySegment TRAPS = Arena.global().allocate(1 << 20).fill((byte) 0xf4);

    private final BlockMemory mapping = new MappingPerFunction(Libc.system());
    private final long base = mapping.allocate(CAPACITY);
    private final RangeTree free = new RangeTree();

    RangeTreeCode() {
        free.add(0, granuleCount(CAPACITY));
    }

    @Override
    public long allocate(int slot, long byteSize) {
        int place = free.take(granuleCount(byteSize));
        if (place == RangeTree.NOWHERE) {
            throw new MemoryRefusedException("range tree",
                    "no free range is long enough: byteSize=" + byteSize + ", capacity=" + CAPACITY);
        }
        return base + ((long) place << GRANULE_LOG2);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        MemorySegment.copy(TRAPS, 0, RawMemory.EVERYTHING, address, byteSize);
        free.add((int) ((address - base) >> GRANULE_LOG2), granuleCount(byteSize));
    }

    private static int granuleCount(long byteSize) {
        return Math.toIntExact((byteSize + (1 << GRANULE_LOG2) - 1) >> GRANULE_LOG2);
    }

    @Override
    public void close() {
        mapping.free(base, CAPACITY);
    }
}
