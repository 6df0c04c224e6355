package dev.ashlar;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.region.KernelView;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.LedgerCounts;
import dev.ashlar.region.Region;
import dev.ashlar.region.View;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Census;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Puts the public snapshots together from what the layers below know. Takes the lock of each zone in turn. */
final class HeapSnapshots {
    static final long PAGE_BYTE_SIZE = 4096;

    private HeapSnapshots() {}

    static HeapStats stats(HeapZones zones) {
        List<HeapStats> each = zones.spaces().stream()
                .map(space -> space.whileOpen(() -> stats(space)))
                .toList();
        return each.stream().reduce(HeapSnapshots::sum).orElseThrow();
    }

    private static HeapStats stats(HeapSpace space) {
        BlockStore blocks = space.blocks;
        ZoneRegions regions = space.regions;
        Census census = blocks.census();
        List<HeapStats.SizeClass> classes = census.classes().stream()
                .map(row -> new HeapStats.SizeClass(
                        row.slotByteSize(), row.slabCount(), row.liveSlotCount(), row.freeSlotCount()))
                .toList();
        List<Long> freeRunCountByOrder = IntStream.rangeClosed(0, RunAllocator.MAX_ORDER)
                .mapToObj(blocks.runs().figures()::freeCount)
                .toList();
        return new HeapStats(
                space.zone.byteSize(),
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
                space.mprotectCallCount(),
                blocks.lateLoserCount(),
                blocks.runs().releaseFailureCount());
    }

    /** What two zones of one heap hold together; the count of calls is the heap's already. */
    private static HeapStats sum(HeapStats one, HeapStats other) {
        Map<Backing, Long> byBacking = new EnumMap<>(Backing.class);
        byBacking.putAll(one.committedByBacking());
        other.committedByBacking().forEach((backing, bytes) -> byBacking.merge(backing, bytes, Long::sum));
        return new HeapStats(
                one.reservedByteSize() + other.reservedByteSize(),
                one.committedByteSize() + other.committedByteSize(),
                // Not at the same time for sure: no less than it was, no more than it can have been.
                one.peakCommittedByteSize() + other.peakCommittedByteSize(),
                one.liveByteSize() + other.liveByteSize(),
                one.liveBlockCount() + other.liveBlockCount(),
                byBacking,
                IntStream.rangeClosed(0, RunAllocator.MAX_ORDER)
                        .mapToObj(order -> one.freeRunCountByOrder().get(order)
                                + other.freeRunCountByOrder().get(order))
                        .toList(),
                sum(one.sizeClasses(), other.sizeClasses()),
                one.packedRunCount() + other.packedRunCount(),
                one.packedFreeByteSize() + other.packedFreeByteSize(),
                one.metadataByteSize() + other.metadataByteSize(),
                other.mprotectCallCount(),
                one.racedFreeCount() + other.racedFreeCount(),
                one.releaseFailureCount() + other.releaseFailureCount());
    }

    private static List<HeapStats.SizeClass> sum(List<HeapStats.SizeClass> one, List<HeapStats.SizeClass> other) {
        Map<Integer, HeapStats.SizeClass> bySize = new TreeMap<>();
        Stream.concat(one.stream(), other.stream())
                .forEach(row -> bySize.merge(row.slotByteSize(), row, (a, b) -> new HeapStats.SizeClass(
                        a.slotByteSize(),
                        a.slabCount() + b.slabCount(),
                        a.liveSlotCount() + b.liveSlotCount(),
                        a.freeSlotCount() + b.freeSlotCount())));
        return List.copyOf(bySize.values());
    }

    static HeapAudit audit(HeapZones zones) {
        List<HeapAudit> each = zones.spaces().stream()
                .map(space -> space.whileOpen(() -> audit(space)))
                .toList();
        HeapAudit sum = each.stream().reduce(HeapSnapshots::sum).orElseThrow();
        // Holes of neighbouring zones are one VMA with the guard between them, and a guard is ours too.
        List<Mapping> mappings =
                ProcessMaps.readWithin(zones.span().ranges()).mappings();
        if (mappings.isEmpty()) {
            // A span has VMAs as long as it lives: out of descriptors, or no /proc.
            throw HeapErrors.unreadable(zones.first().name);
        }
        List<AddressRange> views = zones.spaces().stream()
                .flatMap(space -> space.zone.ranges().stream())
                .toList();
        Stream<String> outside = mappings.stream()
                .filter(mapping -> !mapping.permissions().equals("---p"))
                .filter(mapping -> views.stream().noneMatch(view -> view.contains(mapping.range())))
                .map(mapping -> "guard: expected ---p, found " + mapping);
        List<String> writableAndExecutable = mappings.stream()
                .filter(mapping -> mapping.writable() && mapping.executable())
                .map(Mapping::toString)
                .toList();
        return new HeapAudit(
                sum.source(),
                mappings.size(),
                sum.regions(),
                sum.intendedHugeByteSize(),
                sum.hugeByteSize(),
                sum.smapsHugeByteSize(),
                writableAndExecutable,
                Stream.concat(sum.misplaced().stream(), outside).toList(),
                sum.pmdSplitCount());
    }

    private static HeapAudit sum(HeapAudit one, HeapAudit other) {
        boolean bySmaps = one.smapsHugeByteSize() < 0 || other.smapsHugeByteSize() < 0;
        return new HeapAudit(
                one.source(),
                one.vmaCount() + other.vmaCount(),
                concat(one.regions(), other.regions()),
                one.intendedHugeByteSize() + other.intendedHugeByteSize(),
                one.hugeByteSize() + other.hugeByteSize(),
                bySmaps ? -1 : one.smapsHugeByteSize() + other.smapsHugeByteSize(),
                concat(one.writableAndExecutable(), other.writableAndExecutable()),
                concat(one.misplaced(), other.misplaced()),
                one.pmdSplitCount() + other.pmdSplitCount());
    }

    private static <T> List<T> concat(List<T> one, List<T> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    private static HeapAudit audit(HeapSpace space) {
        ZoneRegions regions = space.regions;
        KernelView.Look look = regions.kernelView().look();
        Set<Access> views = space.zone.views().stream().map(View::access).collect(Collectors.toUnmodifiableSet());
        List<HeapAudit.Region> audited = new ArrayList<>();
        long intended = 0;
        long huge = 0;
        for (int index = 0; index < regions.regionCount(); index++) {
            Backing backing = regions.backingOf(index);
            if (backing != null) {
                HeapAudit.Region region = new HeapAudit.Region(
                        space.zone.domain(), index, backing, views, look.hugeViewsOf(index));
                audited.add(region);
                intended += backing.isHuge() ? views.size() * Region.BYTE_SIZE : 0;
                huge += region.hugeViews().size() * Region.BYTE_SIZE;
            }
        }
        return new HeapAudit(
                look.source(),
                look.views().stream().mapToInt(found -> found.mappings().size()).sum(),
                audited,
                intended,
                // By smaps no region of a VMA is taken for huge unless all are; the sum is exact all the same.
                look.source().equals("smaps") ? Math.max(huge, look.smapsHugeByteSize()) : huge,
                look.smapsHugeByteSize(),
                List.of(),
                look.views().stream()
                        .flatMap(found -> misplaced(found, space).stream())
                        .toList(),
                look.splitCount());
    }

    static LedgerReport ledger(HeapZones zones) {
        LedgerCounts sums = new LedgerCounts();
        List<LedgerReport.SplitRegion> split = new ArrayList<>();
        long now = System.nanoTime();
        for (HeapSpace space : zones.spaces()) {
            space.whileOpen(() -> {
                Ledger ledger = space.regions.ledger();
                sums.add(ledger.counts(now));
                ledger.splitRegions().stream().forEach(region -> split.add(new LedgerReport.SplitRegion(
                        space.zone.domain(), region, ledger.publishedPageCount(region), ledger.splitCountOf(region))));
                return split;
            });
        }
        return new LedgerReport(
                sums.askedCount,
                sums.callCount,
                sums.splitCount,
                sums.healedCount,
                sums.healFailureCount,
                Duration.ofNanos(sums.splitNanos),
                split);
    }

    /** Regions of one view whose permissions in the kernel's tables are not what the heap set. */
    private static List<String> misplaced(KernelView.ViewLook found, HeapSpace space) {
        List<String> misplaced = new ArrayList<>();
        List<Mapping> mappings = found.mappings();
        // Both are in the order of addresses: the first mapping that may reach the stretch.
        int first = 0;
        for (int region = 0; region < space.regions.regionCount(); region++) {
            for (Ledger.Range range : space.regions.ledger().predict(found.view(), region)) {
                String expected = space.zone.domain() + " region " + region + ": expected " + range.permissions();
                long start = range.addresses().start();
                long end = range.addresses().end();
                long covered = 0;
                while (first < mappings.size() && mappings.get(first).end() <= start) {
                    first++;
                }
                for (int index = first; index < mappings.size() && mappings.get(index).start() < end; index++) {
                    Mapping mapping = mappings.get(index);
                    if (mapping.permissions().equals(range.permissions())) {
                        covered += Math.min(end, mapping.end()) - Math.max(start, mapping.start());
                    } else {
                        misplaced.add(expected + ", found " + mapping);
                    }
                }
                if (covered < end - start) {
                    misplaced.add(expected + " throughout, found " + covered + " bytes of it");
                }
            }
        }
        return misplaced;
    }
}
