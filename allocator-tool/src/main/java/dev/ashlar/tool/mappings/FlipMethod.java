package dev.ashlar.tool.permissions;

import static dev.ashlar.stubs.Linux.PROT_EXEC;
import static dev.ashlar.stubs.Linux.PROT_READ;
import static dev.ashlar.stubs.Linux.PROT_WRITE;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.CountingCalls;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The other naive way: functions densely packed in shared huge regions, whose pages are flipped to read+write to be
 * written and back to read+execute. For one thread only: any other that runs a function of such a page would fault.
 *
 * <p>Holes are filled best fit and never merged. A freed function is not overwritten, which would be two flips more.
 */
final class FlippingWay implements Way {

    private static final long PAGE_BYTE_SIZE = 4096;
    private static final int ALIGNMENT = 16;

    private final CountingCalls calls;
    private final FlippedRegions regions;
    private final TreeSet<Hole> holes =
            new TreeSet<>(Comparator.comparingLong(Hole::byteSize).thenComparingLong(Hole::address));

    FlippingWay(SystemCalls system, int regionCountMax) {
        calls = new CountingCalls(system);
        regions = new FlippedRegions(calls, regionCountMax);
    }

    @Override
    public Publication open() {
        return new Flip();
    }

    @Override
    public List<AddressRange> views() {
        return List.of(regions.range());
    }

    @Override
    public long committedByteSize() {
        return regions.committedByteSize();
    }

    @Override
    public long mprotectCallCount() {
        return calls.mprotectCount();
    }

    @Override
    public void heal() {
        // It knows nothing of splits.
    }

    @Override
    public CellFigures.@Nullable Books books() {
        return null;
    }

    @Override
    public void close() {
        regions.close();
    }

    private long take(long byteSize) {
        Hole hole = holes.ceiling(new Hole(byteSize, 0));
        if (hole == null) {
            hole = new Hole(FlippedRegions.REGION_BYTE_SIZE, commit());
        } else {
            holes.remove(hole);
        }
        if (hole.byteSize > byteSize) {
            holes.add(new Hole(hole.byteSize - byteSize, hole.address + byteSize));
        }
        return hole.address;
    }

    /** {@return the address of one more region, huge and executable} */
    long commit() {
        return regions.commit();
    }

    private record Hole(long byteSize, long address) {}

    private final class Flip implements Publication {
        private long address;
        private long byteSize;

        @Override
        public long write(int number, MemorySegment code) {
            byteSize = Math.ceilDiv(code.byteSize(), ALIGNMENT) * ALIGNMENT;
            address = take(byteSize);
            flip(PROT_READ | PROT_WRITE);
            MemorySegment.copy(code, 0, RawMemory.EVERYTHING, address, code.byteSize());
            return address;
        }

        @Override
        public void publish() {
            flip(PROT_READ | PROT_EXEC);
        }

        @Override
        public void free() {
            holes.add(new Hole(byteSize, address));
        }

        private void flip(int protection) {
            long from = address / PAGE_BYTE_SIZE * PAGE_BYTE_SIZE;
            long to = Math.ceilDiv(address + byteSize, PAGE_BYTE_SIZE) * PAGE_BYTE_SIZE;
            regions.protect(from, to - from, protection);
        }
    }
}
