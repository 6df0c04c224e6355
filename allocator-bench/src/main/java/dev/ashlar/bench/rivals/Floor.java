package dev.ashlar.bench.rivals;

import static dev.ashlar.tool.memory.MemoryRefusedException.require;

import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The minimal work of any allocator in Java: find a free place of the right size, and for code, fill freed places with
 * traps. It has one stack of free places for each size. It checks nothing, serves one thread, and never reuses memory
 * for another size. A target above this floor leaves the difference to the allocator.
 *
 * <p>It requests huge pages. The kernel clears each region of 2 MiB once; the floor for code fills it with traps once.
 */
final class Floor implements BlockMemory {

    private static final int GRANULE_LOG2 = 6;
    private static final int BLOCK_BYTES_MAX = 1 << 20;
    private static final int REGION_BYTES = 2 << 20;
    private static final long SPAN_BYTES = 8L << 30;
    private static final byte TRAP = (byte) 0xf4;
    private static final SystemCalls CALLS = Libc.system();

    /** As many bytes as a region of code has; none for data. */
    private final MemorySegment traps;
    private final long span;
    private final long[][] freePlaces = new long[granuleCount(BLOCK_BYTES_MAX) + 1][];
    private final int[] freeCounts = new int[freePlaces.length];
    private long next;
    private long end;

    private Floor(MemorySegment traps) {
        this.traps = traps;
        this.span = require("mmap", CALLS.mmap(0, SPAN_BYTES, Linux.PROT_READ | Linux.PROT_WRITE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE, -1, 0));
        // A host without huge pages refuses; then the floor is on small pages.
        CALLS.madvise(span, SPAN_BYTES, Linux.MADV_HUGEPAGE);
        this.end = Math.ceilDiv(span, REGION_BYTES) * REGION_BYTES;
        this.next = end;
    }

    /** {@return a floor that fills freed places with traps; its code cannot be called} */
    static Floor ofCode() {
        return new Floor(Arena.ofAuto().allocate(REGION_BYTES).fill(TRAP));
    }

    /** {@return a floor that leaves freed places as they are} */
    static Floor ofData() {
        return new Floor(MemorySegment.NULL);
    }

    @Override
    public long allocate(int slot, long byteSize) {
        int granules = granuleCount(byteSize);
        if (freeCounts[granules] > 0) {
            return freePlaces[granules][--freeCounts[granules]];
        }
        long placeBytes = (long) granules << GRANULE_LOG2;
        if (next + placeBytes > end) {
            openRegion();
        }
        long address = next;
        next += placeBytes;
        return address;
    }

    private void openRegion() {
        if (end + REGION_BYTES > span + SPAN_BYTES) {
            throw new MemoryRefusedException("floor", "its span of 8 GiB is in use");
        }
        next = end;
        end += REGION_BYTES;
        MemorySegment.copy(traps, 0, RawMemory.EVERYTHING, next, traps.byteSize());
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        if (traps.byteSize() > 0) {
            MemorySegment.copy(traps, 0, RawMemory.EVERYTHING, address, byteSize);
        }
        int granules = granuleCount(byteSize);
        long[] stack = freePlaces[granules];
        if (stack == null) {
            stack = new long[16];
        } else if (freeCounts[granules] == stack.length) {
            stack = Arrays.copyOf(stack, 2 * stack.length);
        }
        freePlaces[granules] = stack;
        stack[freeCounts[granules]++] = address;
    }

    private static int granuleCount(long byteSize) {
        return (int) ((byteSize + (1 << GRANULE_LOG2) - 1) >> GRANULE_LOG2);
    }

    @Override
    public void close() {
        CALLS.munmap(span, SPAN_BYTES);
    }
}
