package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import java.util.List;
import java.util.Map;

/**
 * What a heap holds at one moment, counted under its lock, so that the figures agree with each other.
 *
 * <p>Physical memory is counted once although two views map it. Live bytes are what blocks occupy, rounding included;
 * what callers asked for is theirs to count.
 *
 * @param reservedByteSize address space set aside for one view of the span
 * @param committedByteSize bytes of committed regions
 * @param peakCommittedByteSize most bytes of committed regions at once since the heap was built
 * @param liveByteSize bytes occupied by live blocks
 * @param liveBlockCount live blocks
 * @param committedByBacking bytes of committed regions by backing; only backings in use are present
 * @param freeRunCountByOrder free runs of the buddy allocator, index = order (0 = 4 KiB to 9 = 2 MiB)
 * @param sizeClasses one row for each size class that has a slab
 * @param packedRunCount runs cut into granules for the sizes between the slabs and whole pages
 * @param packedFreeByteSize free bytes inside those runs
 * @param metadataByteSize what the heap's own bookkeeping occupies, Java heap and native memory together
 * @param mprotectCallCount mprotect calls made since the heap was built
 * @param racedFreeCount frees that raced with another free of the same block, lost, and were found later
 * @param releaseFailureCount regions that the kernel did not take back; they are kept and used again
 */
public record HeapStats(
        long reservedByteSize,
        long committedByteSize,
        long peakCommittedByteSize,
        long liveByteSize,
        long liveBlockCount,
        Map<Backing, Long> committedByBacking,
        List<Long> freeRunCountByOrder,
        List<SizeClass> sizeClasses,
        long packedRunCount,
        long packedFreeByteSize,
        long metadataByteSize,
        long mprotectCallCount,
        long racedFreeCount,
        long releaseFailureCount) {

    /** Copies the collections, so that a snapshot never changes. */
    public HeapStats {
        committedByBacking = Map.copyOf(committedByBacking);
        freeRunCountByOrder = List.copyOf(freeRunCountByOrder);
        sizeClasses = List.copyOf(sizeClasses);
    }

    /** {@return committed bytes that no live block occupies} */
    public long freeByteSize() {
        return committedByteSize - liveByteSize;
    }

    /**
     * One size class of the slab layer.
     *
     * @param slotByteSize bytes of each slot
     * @param slabCount slabs of this class
     * @param liveSlotCount slots that hold a block
     * @param freeSlotCount slots that do not
     */
    public record SizeClass(int slotByteSize, long slabCount, long liveSlotCount, long freeSlotCount) {}
}
