package dev.ashlar.tool.mappings;

import static dev.ashlar.tool.mappings.PublishMethod.PAGE_BYTE_SIZE;
import static dev.ashlar.tool.mappings.PublishMethod.REGION_BYTE_SIZE;
import static dev.ashlar.tool.memory.MemoryRefusedException.require;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * The other naive method: functions densely packed in shared huge regions of anonymous memory, whose pages are flipped
 * to read+write to be written and back to read+execute. It works for one thread only: another thread that runs a
 * function in such a page would fault.
 *
 * <p>Holes are filled best fit and never merged. A freed function is not overwritten: that would cost two more flips.
 */
final class FlippedPages implements BlockMemory {

    private static final byte TRAP = (byte) 0xf4;
    private static final int ALIGNMENT = 16;

    private final SystemCalls calls;
    private final long reservation;
    private final long reservedByteSize;
    private final AddressRange range;
    private final TreeSet<Hole> holes =
            new TreeSet<>(Comparator.comparingLong(Hole::byteSize).thenComparingLong(Hole::address));
    private int regionCount;
    private long mprotectCallCount;

    /**
     * Reserves address space and commits nothing yet.
     *
     * @throws CommandException if the kernel has no transparent huge pages, or refuses
     */
    FlippedPages(SystemCalls calls, int regionCountMax) {
        String enabled = HugePageSettings.read().thpEnabled().orElse("not in this kernel");
        if (!enabled.equals("always") && !enabled.equals("madvise")) {
            throw lacking("transparent huge pages: " + enabled);
        }
        this.calls = calls;
        long byteSize = regionCountMax * REGION_BYTE_SIZE;
        // One more region, so that there is a multiple of 2 MiB to begin at.
        reservedByteSize = byteSize + REGION_BYTE_SIZE;
        reservation = require("mmap", calls.mmap(0, reservedByteSize, Linux.PROT_NONE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE, -1, 0));
        range = AddressRange.ofSize(Math.ceilDiv(reservation, REGION_BYTE_SIZE) * REGION_BYTE_SIZE, byteSize);
    }

    /** {@return the reserved regions} */
    AddressRange range() {
        return range;
    }

    @Override
    public long allocate(int slot, long byteSize) {
        long wanted = aligned(byteSize);
        Hole hole = holes.ceiling(new Hole(wanted, 0));
        if (hole == null) {
            hole = new Hole(REGION_BYTE_SIZE, commit());
        } else {
            holes.remove(hole);
        }
        if (hole.byteSize > wanted) {
            holes.add(new Hole(hole.byteSize - wanted, hole.address + wanted));
        }
        return hole.address;
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        flip(address, byteSize, Linux.PROT_READ | Linux.PROT_WRITE);
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, address, byteSize);
    }

    @Override
    public void publish(long address, long byteSize) {
        flip(address, byteSize, Linux.PROT_READ | Linux.PROT_EXEC);
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        holes.add(new Hole(aligned(byteSize), address));
    }

    @Override
    public long committedByteSize() {
        return regionCount * REGION_BYTE_SIZE;
    }

    @Override
    public long mprotectCallCount() {
        return mprotectCallCount;
    }

    @Override
    public void close() {
        calls.munmap(reservation, reservedByteSize);
    }

    /**
     * {@return the address of one more region, filled with traps, huge and executable}
     *
     * @throws CommandException if the kernel refuses, or all is committed
     */
    long commit() {
        long address = range.start() + committedByteSize();
        if (!range.contains(address)) {
            throw lacking("the flips ran out of their " + range.byteSize() + " bytes");
        }
        require("mmap", calls.mmap(address, REGION_BYTE_SIZE, Linux.PROT_READ | Linux.PROT_WRITE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_FIXED, -1, 0));
        require("madvise(MADV_HUGEPAGE)", calls.madvise(address, REGION_BYTE_SIZE, Linux.MADV_HUGEPAGE));
        RawMemory.EVERYTHING.asSlice(address, REGION_BYTE_SIZE).fill(TRAP);
        protect(address, REGION_BYTE_SIZE, Linux.PROT_READ | Linux.PROT_EXEC);
        regionCount++;
        return address;
    }

    private void flip(long address, long byteSize, int protection) {
        long from = address / PAGE_BYTE_SIZE * PAGE_BYTE_SIZE;
        long to = Math.ceilDiv(address + byteSize, PAGE_BYTE_SIZE) * PAGE_BYTE_SIZE;
        protect(from, to - from, protection);
    }

    private void protect(long address, long byteSize, int protection) {
        mprotectCallCount++;
        require("mprotect", calls.mprotect(address, byteSize, protection));
    }

    private static long aligned(long byteSize) {
        return Math.ceilDiv(byteSize, ALIGNMENT) * ALIGNMENT;
    }

    private static CommandException lacking(String reason) {
        return new CommandException(ExitCode.HOST, reason);
    }

    private record Hole(long byteSize, long address) {}
}
