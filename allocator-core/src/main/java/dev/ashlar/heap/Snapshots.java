package dev.ashlar.heap;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Refusal;
import dev.ashlar.region.KernelView;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.LedgerCounts;
import dev.ashlar.region.Region;
import dev.ashlar.region.View;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.slab.Census;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Builds the public reports from what the layers below know. Takes the lock of each zone in turn. */
public final class Snapshots {
    private Snapshots() {}

    /** {@return what a heap holds now} */
    public static HeapStats stats(Zones zones) {
        return zones.spaces().stream()
                .map(space -> space.whileOpen(() -> stats(space)))
                .reduce(HeapStats::plus)
                .orElseThrow();
    }

    private static HeapStats stats(Space space) {
        ZoneRegions regions = space.regions();
        Census census = space.blocks().census();
        List<HeapStats.SizeClass> classes = census.classes().stream()
                .map(row -> new HeapStats.SizeClass(
                        row.slotByteSize(), row.slabCount(), row.liveSlotCount(), row.freeSlotCount()))
                .toList();
        List<Long> freeRunCountByOrder = IntStream.rangeClosed(0, RunAllocator.MAX_ORDER)
                .mapToObj(space.blocks().runs().figures()::freeCount)
                .toList();
        return new HeapStats(
                space.zone().byteSize(),
                regions.committedByteSize(),
                regions.peakCommittedByteSize(),
                census.liveByteSize(),
                census.liveBlockCount(),
                regions.committedByBacking(),
                freeRunCountByOrder,
                classes,
                census.packedRunCount(),
                census.packedFreeByteSize(),
                space.blocks().metadataByteSize() + regions.metadataByteSize(),
                space.zone().mprotectCallCount(),
                space.blocks().lateLoserCount(),
                space.blocks().runs().releaseFailureCount());
    }

    /**
     * {@return what a heap asked of the host, what it got and what it did not get}
     *
     * @param buildRefusals why the heap does not use a better write path
     */
    public static HeapReport report(Zones zones, List<Refusal> buildRefusals) {
        Space first = zones.first();
        return first.whileOpen(() -> new HeapReport(
                zones.name(),
                first.zone().domain(),
                zones.memory(),
                first.zone().domain() == Domain.CODE ? Optional.of(zones.path()) : Optional.empty(),
                first.zone().hardening(),
                first.regions().backingsInUse(),
                Stream.concat(buildRefusals.stream(), first.regions().refusals().stream())
                        .distinct()
                        .toList(),
                first.zone().base(),
                first.zone().writableBase(),
                first.zone().byteSize(),
                zones.committedByteSize(),
                zones.spaces().stream()
                        .mapToLong(space -> space.zone().pinnedByteSize())
                        .sum(),
                first.regions().hiddenByteSize()));
    }

    /** {@return the permission changes of a heap so far} */
    public static LedgerReport ledger(Zones zones) {
        LedgerCounts sums = new LedgerCounts();
        List<LedgerReport.SplitRegion> split = new ArrayList<>();
        long now = System.nanoTime();
        for (Space space : zones.spaces()) {
            space.whileOpen(() -> {
                Ledger ledger = space.regions().ledger();
                sums.add(ledger.counts(now));
                ledger.splitRegions().stream().forEach(region -> split.add(new LedgerReport.SplitRegion(
                        space.zone().domain(),
                        region,
                        ledger.publishedPageCount(region),
                        ledger.splitCountOf(region))));
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

    /** {@return what the kernel's tables show of a heap} */
    public static HeapAudit audit(Zones zones) {
        List<HeapAudit> each = zones.spaces().stream()
                .map(space -> space.whileOpen(() -> audit(space)))
                .toList();
        // The holes of adjacent zones and the guard between them are one VMA, so the VMAs are counted over the span.
        List<Mapping> mappings =
                ProcessMaps.readWithin(zones.span().ranges()).mappings();
        if (mappings.isEmpty()) {
            // A span has VMAs as long as it lives: no descriptor was left, or there is no /proc.
            throw UnsupportedHostException.mapsUnreadable(zones.name());
        }
        List<AddressRange> views = zones.spaces().stream()
                .flatMap(space -> space.zone().ranges().stream())
                .toList();
        Stream<String> outside = mappings.stream()
                .filter(mapping -> !mapping.permissions().equals("---p"))
                .filter(mapping -> views.stream().noneMatch(view -> view.contains(mapping.range())))
                .map(mapping -> "guard: expected ---p, found " + mapping);
        List<String> writableAndExecutable = mappings.stream()
                .filter(mapping -> mapping.writable() && mapping.executable())
                .map(Mapping::toString)
                .toList();
        boolean smapsRead = each.stream().noneMatch(audit -> audit.smapsHugeByteSize() < 0);
        return new HeapAudit(
                each.getFirst().source(),
                mappings.size(),
                each.stream().flatMap(audit -> audit.regions().stream()).toList(),
                each.stream().mapToLong(HeapAudit::intendedHugeByteSize).sum(),
                each.stream().mapToLong(HeapAudit::hugeByteSize).sum(),
                smapsRead ? each.stream().mapToLong(HeapAudit::smapsHugeByteSize).sum() : -1,
                writableAndExecutable,
                Stream.concat(each.stream().flatMap(audit -> audit.misplaced().stream()), outside).toList(),
                each.stream().mapToLong(HeapAudit::pmdSplitCount).sum());
    }

    private static HeapAudit audit(Space space) {
        ZoneRegions regions = space.regions();
        KernelView.Look look = regions.kernelView().look();
        Set<Access> views = space.zone().views().stream().map(View::access).collect(Collectors.toUnmodifiableSet());
        List<HeapAudit.Region> audited = new ArrayList<>();
        long intended = 0;
        long huge = 0;
        for (int index = 0; index < regions.regionCount(); index++) {
            Backing backing = regions.backingOf(index);
            if (backing != null) {
                HeapAudit.Region region = new HeapAudit.Region(
                        space.zone().domain(), index, backing, views, look.hugeViewsOf(index));
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
                // smaps shows a region as huge only if all regions of its VMA are; the sum is exact all the same.
                look.source().equals("smaps") ? Math.max(huge, look.smapsHugeByteSize()) : huge,
                look.smapsHugeByteSize(),
                List.of(),
                look.views().stream()
                        .flatMap(found -> misplaced(found, space).stream())
                        .toList(),
                look.splitCount());
    }

    /** {@return regions of one view whose permissions in the kernel's tables are not what the heap set} */
    private static List<String> misplaced(KernelView.ViewLook found, Space space) {
        List<String> misplaced = new ArrayList<>();
        List<Mapping> mappings = found.mappings();
        // Ranges and mappings are in the order of addresses. This is the first mapping that may reach the range.
        int first = 0;
        for (int region = 0; region < space.regions().regionCount(); region++) {
            for (Ledger.Range range : space.regions().ledger().predict(found.view(), region)) {
                String expected = space.zone().domain() + " region " + region + ": expected " + range.permissions();
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
