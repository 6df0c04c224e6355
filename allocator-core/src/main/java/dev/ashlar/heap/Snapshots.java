package dev.ashlar.heap;

import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Refusal;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.LedgerCounts;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Region;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.LedgerReport;
import dev.ashlar.report.Retention;
import dev.ashlar.slab.Census;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
                Region.offsetOf(space.blocks().runs().next().preparedRegionCount()),
                Pages.BYTE_SIZE * space.blocks().runs().withheldPageCount(),
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

    /** {@return what each zone of a heap keeps} */
    public static List<Retention> retention(Zones zones) {
        return zones.spaces().stream()
                .map(space -> space.whileOpen(() -> retention(space, zones.first().zone().domain())))
                .toList();
    }

    private static Retention retention(Space space, Domain heapDomain) {
        ZoneRegions regions = space.regions();
        RunAllocator runs = space.blocks().runs();
        long emptyByteSize = 0;
        for (int region = 0; region < regions.regionCount(); region++) {
            emptyByteSize += runs.isEmpty(region) ? Region.BYTE_SIZE - regions.discardedByteSize(region) : 0;
        }
        long freeByteSize = Pages.BYTE_SIZE * (runs.freePageCount() + runs.withheldPageCount());
        return new Retention(
                space.zone().domain(),
                regions.committedByteSize(),
                space.blocks().census().liveByteSize(),
                emptyByteSize,
                freeByteSize - emptyByteSize - regions.discardedByteSize(),
                regions.discardedByteSize(),
                switch (space.zone().domain()) {
                    case DATA -> heapDomain == Domain.DATA
                            ? "trim(FREE_PAGES) gives them back, except from the hugetlb pool, whose pages are whole"
                                    + " regions"
                            : "they go back with their region: only a data heap gives single pages back";
                    case SECRET -> "they are zero and go back with their region, because the file cannot have holes";
                    case CODE, RODATA -> "they go back with their region: without memory they would read as zeros,"
                            + " which are no traps";
                });
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
}
