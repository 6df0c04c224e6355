package dev.ashlar;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Backing;
import dev.ashlar.region.KernelView;
import dev.ashlar.region.Region;
import dev.ashlar.region.SpanRegions;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Census;
import dev.ashlar.stubs.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the public snapshots together from what the layers below know. The heap's lock is held. */
final class HeapSnapshots {
    static final long PAGE_BYTE_SIZE = 4096;

    private HeapSnapshots() {}

    static HeapStats stats(CodeSpace space, long mprotectCallCount) {
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

    static HeapAudit audit(CodeSpace space) {
        SpanRegions regions = space.regions;
        KernelView.Look look = regions.kernelView().look();
        List<HeapAudit.Region> audited = IntStream.range(0, regions.regionCount())
                .mapToObj(index -> audited(index, regions.backingOf(index), look))
                .flatMap(List::stream)
                .toList();
        long intended = 0;
        long huge = 0;
        for (HeapAudit.Region region : audited) {
            intended += region.backing().isHuge() ? 2 * Region.BYTE_SIZE : 0;
            huge += region.executableViewHuge() ? Region.BYTE_SIZE : 0;
            huge += region.writableViewHuge() ? Region.BYTE_SIZE : 0;
        }
        List<String> writableAndExecutable = Stream.concat(
                look.executableMappings().stream(), look.writableMappings().stream())
                .filter(mapping -> mapping.writable() && mapping.executable())
                .map(Mapping::toString)
                .toList();
        List<String> misplaced = new ArrayList<>();
        if (look.executableMappings().isEmpty() && look.writableMappings().isEmpty()) {
            // A span has VMAs as long as it lives: out of descriptors, or no /proc.
            throw HeapErrors.unreadable(space.name);
        }
        misplaced.addAll(misplaced(space.span.executableBase(), look.executableMappings(), regions, "r-xs"));
        misplaced.addAll(misplaced(space.span.writableBase(), look.writableMappings(), regions, "rw-s"));
        return new HeapAudit(
                look.source(),
                look.executableMappings().size() + look.writableMappings().size(),
                audited,
                intended,
                // By smaps no region of a VMA is taken for huge unless all are; the sum is exact all the same.
                look.source().equals("smaps") ? Math.max(huge, look.smapsHugeByteSize()) : huge,
                look.smapsHugeByteSize(),
                writableAndExecutable,
                misplaced,
                look.splitCount());
    }

    private static List<HeapAudit.Region> audited(
            int index, @Nullable Backing backing, KernelView.Look look) {
        return backing == null
                ? List.of()
                : List.of(new HeapAudit.Region(
                        index, backing, look.executableHuge().get(index), look.writableHuge().get(index)));
    }

    /** Regions of one view whose permissions in the kernel's tables are not what the heap set. */
    private static List<String> misplaced(
            long base, List<Mapping> mappings, SpanRegions regions, String committedPermissions) {
        List<String> misplaced = new ArrayList<>();
        for (int region = 0; region < regions.regionCount(); region++) {
            long start = base + Region.offsetOf(region);
            long end = start + Region.BYTE_SIZE;
            String expected = regions.backingOf(region) == null ? "---p" : committedPermissions;
            long covered = 0;
            for (Mapping mapping : mappings) {
                long overlap = Math.min(end, mapping.end()) - Math.max(start, mapping.start());
                if (overlap > 0 && mapping.permissions().equals(expected)) {
                    covered += overlap;
                } else if (overlap > 0) {
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
