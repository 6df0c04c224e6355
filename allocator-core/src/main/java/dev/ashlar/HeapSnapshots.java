package dev.ashlar;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.region.KernelView;
import dev.ashlar.region.Region;
import dev.ashlar.region.SpanRegions;
import dev.ashlar.region.View;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Census;
import dev.ashlar.stubs.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Puts the public snapshots together from what the layers below know. The heap's lock is held. */
final class HeapSnapshots {
    static final long PAGE_BYTE_SIZE = 4096;

    private HeapSnapshots() {}

    static HeapStats stats(HeapSpace space, long mprotectCallCount) {
        BlockStore blocks = space.blocks;
        SpanRegions regions = space.regions;
        Census census = blocks.census();
        List<HeapStats.SizeClass> classes = census.classes().stream()
                .map(row -> new HeapStats.SizeClass(
                        row.slotByteSize(), row.slabCount(), row.liveSlotCount(), row.freeSlotCount()))
                .toList();
        List<Long> freeRunCountByOrder = IntStream.rangeClosed(0, RunAllocator.MAX_ORDER)
                .mapToObj(blocks.runs()::freeCount)
                .toList();
        return new HeapStats(
                space.span.byteSize(),
                regions.committedByteSize(),
                regions.peakCommittedByteSize(),
                census.liveByteSize(),
                census.liveBlockCount(),
                regions.committedByBacking(),
                freeRunCountByOrder,
                classes,
                census.packedRunCount(),
                census.packedFreeByteSize(),
                blocks.metadataByteSize() + regions.metadataByteSize(),
                mprotectCallCount,
                blocks.lateLoserCount(),
                blocks.runs().releaseFailureCount());
    }

    static HeapAudit audit(HeapSpace space) {
        SpanRegions regions = space.regions;
        KernelView.Look look = regions.kernelView().look();
        Set<Access> views = space.span.views().stream().map(View::access).collect(Collectors.toUnmodifiableSet());
        List<HeapAudit.Region> audited = new ArrayList<>();
        long intended = 0;
        long huge = 0;
        for (int index = 0; index < regions.regionCount(); index++) {
            Backing backing = regions.backingOf(index);
            if (backing != null) {
                HeapAudit.Region region = new HeapAudit.Region(index, backing, views, look.hugeViewsOf(index));
                audited.add(region);
                intended += backing.isHuge() ? views.size() * Region.BYTE_SIZE : 0;
                huge += region.hugeViews().size() * Region.BYTE_SIZE;
            }
        }
        List<Mapping> mappings = look.views().stream()
                .flatMap(found -> found.mappings().stream())
                .toList();
        if (mappings.isEmpty()) {
            // A span has VMAs as long as it lives: out of descriptors, or no /proc.
            throw HeapErrors.unreadable(space.name);
        }
        List<String> writableAndExecutable = mappings.stream()
                .filter(mapping -> mapping.writable() && mapping.executable())
                .map(Mapping::toString)
                .toList();
        return new HeapAudit(
                look.source(),
                mappings.size(),
                audited,
                intended,
                // By smaps no region of a VMA is taken for huge unless all are; the sum is exact all the same.
                look.source().equals("smaps") ? Math.max(huge, look.smapsHugeByteSize()) : huge,
                look.smapsHugeByteSize(),
                writableAndExecutable,
                look.views().stream()
                        .flatMap(found -> misplaced(found, regions).stream())
                        .toList(),
                look.splitCount());
    }

    /** Regions of one view whose permissions in the kernel's tables are not what the heap set. */
    private static List<String> misplaced(KernelView.ViewLook found, SpanRegions regions) {
        List<String> misplaced = new ArrayList<>();
        List<Mapping> mappings = found.mappings();
        // Both are in the order of addresses: the first mapping that may reach the region.
        int first = 0;
        for (int region = 0; region < regions.regionCount(); region++) {
            long start = found.view().base() + Region.offsetOf(region);
            long end = start + Region.BYTE_SIZE;
            String expected = regions.permissionsOf(found.view(), region);
            long covered = 0;
            while (first < mappings.size() && mappings.get(first).end() <= start) {
                first++;
            }
            for (int index = first; index < mappings.size() && mappings.get(index).start() < end; index++) {
                Mapping mapping = mappings.get(index);
                if (mapping.permissions().equals(expected)) {
                    covered += Math.min(end, mapping.end()) - Math.max(start, mapping.start());
                } else {
                    misplaced.add("region " + region + ": expected " + expected + ", found " + mapping);
                }
            }
            if (covered < Region.BYTE_SIZE) {
                misplaced.add("region " + region + ": expected " + expected + " throughout, found " + covered
                        + " bytes of it");
            }
        }
        return misplaced;
    }
}
