package dev.ashlar.heap;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.region.KernelView;
import dev.ashlar.region.Ledger;
import dev.ashlar.region.Region;
import dev.ashlar.region.View;
import dev.ashlar.region.ZoneRegions;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the kernel's tables with what a heap intends. The kernel is asked without a lock, because the answer can
 * take seconds in a process with many mappings. If the heap changed meanwhile, the comparison starts again.
 *
 * <p>Thread-safe.
 */
public final class Auditing {
    /** Attempts without a lock. After that, the heap's changes wait for the kernel's answer. */
    private static final int ATTEMPT_COUNT = 4;

    private Auditing() {}

    /** What a zone intends at one moment. */
    private record Intended(Space space, long version, List<CommittedRegion> regions,
            List<List<Ledger.Range>> ranges) {}

    private record CommittedRegion(int index, Backing backing) {}

    /** {@return what the kernel's tables show of a heap} */
    public static HeapAudit audit(Zones zones) {
        for (int attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
            HeapAudit audit = attempt(zones);
            if (audit != null) {
                return audit;
            }
        }
        return Objects.requireNonNull(zones.whileNothingChanges(() -> attempt(zones)));
    }

    /** {@return what the kernel shows, or null if the heap changed meanwhile} */
    private static @Nullable HeapAudit attempt(Zones zones) {
        List<Space> spaces = zones.spaces();
        List<AddressRange> reserved = zones.ranges();
        List<Intended> intended = spaces.stream()
                .map(space -> space.whileOpen(() -> intended(space)))
                .toList();
        // The holes of adjacent zones and the guard between them are one VMA, so the VMAs are read over the span.
        ProcessMaps maps = ProcessMaps.readWithin(zones.calls(), reserved);
        List<KernelView.Look> looks =
                spaces.stream().map(space -> space.regions().kernelView().read()).toList();
        if (maps.count() == 0) {
            zones.first().requireOpen();
            // A span has VMAs as long as it lives.
            throw UnsupportedHostException.mapsUnreadable(zones.name(), KernelView.whyUnreadable(zones.calls()));
        }
        long splitCount = 0;
        for (int index = 0; index < spaces.size(); index++) {
            Space space = spaces.get(index);
            long version = intended.get(index).version();
            KernelView.Look look = looks.get(index);
            long splits = space.whileOpen(() -> space.regions().version() == version
                    ? space.regions().kernelView().note(look)
                    : -1);
            if (splits < 0) {
                return null;
            }
            splitCount += splits;
        }
        // Other threads open zones: their regions would look like mappings in a guard.
        return zones.spaces().size() > spaces.size() ? null : audit(intended, looks, maps, splitCount);
    }

    private static Intended intended(Space space) {
        ZoneRegions regions = space.regions();
        // While a region is being prepared, the kernel shows more than the heap knows.
        space.blocks().change(runs -> runs.next().adopt());
        List<CommittedRegion> committed = new ArrayList<>();
        for (int index = 0; index < regions.regionCount(); index++) {
            Backing backing = regions.backingOf(index);
            if (backing != null) {
                committed.add(new CommittedRegion(index, backing));
            }
        }
        List<List<Ledger.Range>> ranges =
                space.zone().views().stream().map(regions.ledger()::predict).toList();
        return new Intended(space, regions.version(), committed, ranges);
    }

    private static HeapAudit audit(
            List<Intended> intended, List<KernelView.Look> looks, ProcessMaps maps, long splitCount) {
        List<HeapAudit.Region> regions = new ArrayList<>();
        List<String> misplaced = new ArrayList<>();
        long intendedHugeByteSize = 0;
        long hugeByteSize = 0;
        long smapsHugeByteSize = 0;
        for (int index = 0; index < intended.size(); index++) {
            Intended zone = intended.get(index);
            KernelView.Look look = looks.get(index);
            Set<Access> views = zone.space().zone().views().stream().map(View::access)
                    .collect(Collectors.toUnmodifiableSet());
            long huge = 0;
            for (CommittedRegion region : zone.regions()) {
                Set<Access> hugeViews = look.hugeViewsOf(region.index());
                regions.add(new HeapAudit.Region(
                        zone.space().zone().domain(), region.index(), region.backing(), views, hugeViews));
                intendedHugeByteSize += region.backing().isHuge() ? views.size() * Region.BYTE_SIZE : 0;
                huge += hugeViews.size() * Region.BYTE_SIZE;
            }
            // smaps shows a region as huge only if all regions of its VMA are; the sum is exact all the same.
            hugeByteSize += look.source().equals("smaps") ? Math.max(huge, look.smapsHugeByteSize()) : huge;
            smapsHugeByteSize = look.smapsHugeByteSize() < 0 || smapsHugeByteSize < 0
                    ? -1
                    : smapsHugeByteSize + look.smapsHugeByteSize();
            addMisplaced(zone, maps, misplaced);
        }
        return new HeapAudit(
                looks.getFirst().source(),
                maps.count(),
                regions,
                intendedHugeByteSize,
                hugeByteSize,
                smapsHugeByteSize,
                maps.mappings().stream()
                        .filter(mapping -> mapping.writable() && mapping.executable())
                        .map(Mapping::toString)
                        .toList(),
                Stream.concat(misplaced.stream(), outside(intended, maps)).toList(),
                splitCount);
    }

    /** {@return mappings in a guard that are not holes} */
    private static Stream<String> outside(List<Intended> intended, ProcessMaps maps) {
        List<AddressRange> views = intended.stream()
                .flatMap(zone -> zone.space().zone().ranges().stream())
                .toList();
        return maps.mappings().stream()
                .filter(mapping -> !mapping.permissions().equals("---p"))
                .filter(mapping -> views.stream().noneMatch(view -> view.contains(mapping.range())))
                .map(mapping -> "guard: expected ---p, found " + mapping);
    }

    private static void addMisplaced(Intended zone, ProcessMaps maps, List<String> misplaced) {
        List<View> views = zone.space().zone().views();
        for (int index = 0; index < views.size(); index++) {
            View view = views.get(index);
            addMisplaced(
                    zone.space(), view, zone.ranges().get(index), maps.within(List.of(view.range())), misplaced);
        }
    }

    /** Adds the regions of one view whose permissions in the kernel's tables are not what the heap set. */
    private static void addMisplaced(
            Space space, View view, List<Ledger.Range> ranges, List<Mapping> mappings, List<String> misplaced) {
        // Ranges and mappings are in the order of addresses. This is the first mapping that may reach the range.
        int first = 0;
        for (Ledger.Range range : ranges) {
            long zoneEnd = range.addresses().end() - view.base();
            for (long at = range.addresses().start() - view.base(); at < zoneEnd; at = Region.endOfPart(at, zoneEnd)) {
                String expected =
                        space.zone().domain() + " region " + Region.indexOf(at) + ": expected " + range.permissions();
                long start = view.base() + at;
                long end = view.base() + Region.endOfPart(at, zoneEnd);
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
    }
}
