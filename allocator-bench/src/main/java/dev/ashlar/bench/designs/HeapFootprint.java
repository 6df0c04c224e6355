package dev.ashlar.bench.designs;

import dev.ashlar.HeapAudit;
import dev.ashlar.HeapStats;
import java.util.BitSet;
import java.util.List;

/** What one of our heaps occupies, in the words of the rivals. */
final class HeapFootprint {

    private HeapFootprint() {}

    static Footprint of(HeapStats stats, HeapAudit audit) {
        long freeByteSize = 0;
        List<Long> freeRuns = stats.freeRunCountByOrder();
        for (int order = 0; order < freeRuns.size(); order++) {
            freeByteSize += (freeRuns.get(order) << order) * PlacementDesign.PAGE_BYTE_SIZE;
        }
        BitSet committed = new BitSet();
        audit.regions().stream().mapToInt(HeapAudit.Region::index).forEach(committed::set);
        return new Footprint(stats.committedByteSize() - freeByteSize, stats.committedByteSize(),
                committed.cardinality(), Regions.stretchCount(committed), stats.metadataByteSize());
    }
}
