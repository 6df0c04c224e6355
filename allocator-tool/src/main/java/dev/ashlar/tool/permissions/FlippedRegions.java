package dev.ashlar.tool.permissions;

import static dev.ashlar.stubs.Linux.MADV_HUGEPAGE;
import static dev.ashlar.stubs.Linux.MAP_ANONYMOUS;
import static dev.ashlar.stubs.Linux.MAP_FIXED;
import static dev.ashlar.stubs.Linux.MAP_NORESERVE;
import static dev.ashlar.stubs.Linux.MAP_PRIVATE;
import static dev.ashlar.stubs.Linux.PROT_EXEC;
import static dev.ashlar.stubs.Linux.PROT_NONE;
import static dev.ashlar.stubs.Linux.PROT_READ;
import static dev.ashlar.stubs.Linux.PROT_WRITE;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.memory.RawMemory;

/**
 * Regions of anonymous memory side by side, for the naive way of flipping permissions: each is made whole and huge,
 * then read+execute as a whole. Not thread-safe.
 */
final class FlippedRegions implements AutoCloseable {

    static final long REGION_BYTE_SIZE = 2L << 20;

    private static final byte TRAP = (byte) 0xcc;

    private final SystemCalls calls;
    private final long reservation;
    private final long reservedByteSize;
    private final AddressRange range;
    private int regionCount;

    /** Reserves address space and commits nothing yet. */
    FlippedRegions(SystemCalls calls, int regionCountMax) {
        this.calls = calls;
        long byteSize = regionCountMax * REGION_BYTE_SIZE;
        // One region more, so that there is a multiple of 2 MiB to begin at.
        reservedByteSize = byteSize + REGION_BYTE_SIZE;
        reservation = require("mmap", calls.mmap(0, reservedByteSize, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        range = AddressRange.ofSize(Math.ceilDiv(reservation, REGION_BYTE_SIZE) * REGION_BYTE_SIZE, byteSize);
    }

    AddressRange range() {
        return range;
    }

    long committedByteSize() {
        return regionCount * REGION_BYTE_SIZE;
    }

    /**
     * {@return the address of one more region, filled with trapping instructions and executable}
     *
     * @throws LackingException if the kernel refuses, or all is committed
     */
    long commit() {
        long address = range.start() + committedByteSize();
        if (!range.contains(address)) {
            throw new LackingException("the naive way ran out of its " + range.byteSize() + " bytes");
        }
        require("mmap", calls.mmap(address, REGION_BYTE_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
        require("madvise(MADV_HUGEPAGE)", calls.madvise(address, REGION_BYTE_SIZE, MADV_HUGEPAGE));
        RawMemory.EVERYTHING.asSlice(address, REGION_BYTE_SIZE).fill(TRAP);
        protect(address, REGION_BYTE_SIZE, PROT_READ | PROT_EXEC);
        regionCount++;
        return address;
    }

    /** Changes the permissions of whole pages. */
    void protect(long address, long byteSize, int protection) {
        require("mprotect", calls.mprotect(address, byteSize, protection));
    }

    @Override
    public void close() {
        calls.munmap(reservation, reservedByteSize);
    }

    private static long require(String call, long result) {
        if (Errno.isFailure(result)) {
            throw new LackingException(call + ": " + Errno.describe(result));
        }
        return result;
    }
}
