package dev.ashlar.tool.mappings;

import dev.ashlar.CodeHeap;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.tool.mappings.DemoResult.Region;
import java.util.List;
import java.util.stream.IntStream;

/** How full each part of a heap's regions is. */
final class FillMap {

    private static final long REGION_BYTE_SIZE = PublishMethod.REGION_BYTE_SIZE;
    /** Parts of a region: 32 KiB each. */
    private static final int PART_COUNT = 64;
    private static final long PART_BYTE_SIZE = REGION_BYTE_SIZE / PART_COUNT;

    private FillMap() {}

    /** {@return the regions of an audit, filled with the live functions} */
    static List<Region> of(CodeHeap heap, HeapAudit audit, Functions functions) {
        long base = heap.report().address();
        long[] fill = new long[(int) (heap.report().capacityByteSize() / PART_BYTE_SIZE)];
        for (AddressRange place : functions.livePlaces()) {
            for (long from = place.start() - base; from < place.end() - base;) {
                int part = (int) (from / PART_BYTE_SIZE);
                long end = Math.min(place.end() - base, (part + 1) * PART_BYTE_SIZE);
                fill[part] += end - from;
                from = end;
            }
        }
        return audit.regions().stream()
                .map(region -> new Region(region.index(), region.backing().label(), region.isHuge(),
                        IntStream.range(0, PART_COUNT)
                                .mapToLong(part -> fill[region.index() * PART_COUNT + part])
                                .mapToObj(bytes -> (int) (100 * bytes / PART_BYTE_SIZE))
                                .toList()))
                .toList();
    }
}
