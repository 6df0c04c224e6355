package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a heap holds at one moment. The figures of one zone are counted under its lock and agree with each other; those
 * of several zones are added.
 *
 * <p>Physical memory is counted once although two views map it. Live bytes are what blocks occupy, rounding included.
 *
 * @param reservedByteSize address space set aside for one view of the span
 * @param committedByteSize bytes of committed regions
 * @param peakCommittedByteSize most bytes of committed regions at once since the heap was built; with several
 *     zones the sum of their peaks, which may lie at different times
 * @param preparedByteSize bytes of committed regions that were prepared ahead of need and never held a block
 * @param withheldByteSize bytes of pages that were published in place and hold no block: they are used again when their
 *     whole region is free
 * @param liveByteSize bytes occupied by live blocks
 * @param liveBlockCount live blocks
 * @param committedByBacking bytes of committed regions by backing; only backings in use are present
 * @param freeRunCountByOrder free runs of the buddy allocator, index = order (0 = 4 KiB to 9 = 2 MiB)
 * @param sizeClasses one row for each size class that has a slab
 * @param packedRunCount runs cut into granules for the sizes between the slabs and whole pages
 * @param packedFreeByteSize free bytes inside those runs
 * @param metadataByteSize bytes that the heap's own bookkeeping occupies, on the Java heap and in native memory
 * @param mprotectCallCount mprotect calls made since the heap was built
 * @param racedFreeCount frees that raced with another free of the same block, lost, and were found later
 * @param releaseFailureCount regions that the kernel did not take back; the heap keeps and reuses them
 */
public record HeapStats(
        long reservedByteSize,
        long committedByteSize,
        long peakCommittedByteSize,
        long preparedByteSize,
        long withheldByteSize,
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
     * {@return what two zones hold together}
     *
     * @param other the statistics to add
     */
    public HeapStats plus(HeapStats other) {
        Map<Backing, Long> byBacking = new EnumMap<>(Backing.class);
        byBacking.putAll(committedByBacking);
        other.committedByBacking.forEach((backing, bytes) -> byBacking.merge(backing, bytes, Long::sum));
        Map<Integer, SizeClass> bySlot = new TreeMap<>();
        Stream.concat(sizeClasses.stream(), other.sizeClasses.stream())
                .forEach(row -> bySlot.merge(row.slotByteSize(), row, SizeClass::plus));
        return new HeapStats(
                reservedByteSize + other.reservedByteSize,
                committedByteSize + other.committedByteSize,
                peakCommittedByteSize + other.peakCommittedByteSize,
                preparedByteSize + other.preparedByteSize,
                withheldByteSize + other.withheldByteSize,
                liveByteSize + other.liveByteSize,
                liveBlockCount + other.liveBlockCount,
                byBacking,
                IntStream.range(0, freeRunCountByOrder.size())
                        .mapToObj(order -> freeRunCountByOrder.get(order) + other.freeRunCountByOrder.get(order))
                        .toList(),
                List.copyOf(bySlot.values()),
                packedRunCount + other.packedRunCount,
                packedFreeByteSize + other.packedFreeByteSize,
                metadataByteSize + other.metadataByteSize,
                mprotectCallCount + other.mprotectCallCount,
                racedFreeCount + other.racedFreeCount,
                releaseFailureCount + other.releaseFailureCount);
    }

    /**
     * One size class of the slab layer.
     *
     * @param slotByteSize bytes of each slot
     * @param slabCount slabs of this class
     * @param liveSlotCount slots that hold a block
     * @param freeSlotCount slots that do not
     */
    public record SizeClass(int slotByteSize, long slabCount, long liveSlotCount, long freeSlotCount) {

        private SizeClass plus(SizeClass same) {
            return new SizeClass(
                    slotByteSize,
                    slabCount + same.slabCount,
                    liveSlotCount + same.liveSlotCount,
                    freeSlotCount + same.freeSlotCount);
        }
    }
}
