package dev.ashlar.tool.mappings;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.tool.mappings.Snapshot.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Asks the kernel what a publish method does to its tables: VMAs from {@code /proc/self/maps}, huge mappings of each
 * region from PAGEMAP_SCAN. It does not ask a heap, only where the memory lies. Not thread-safe.
 */
record KernelProbe(List<AddressRange> views, Backing backing, Functions functions, Optional<PagemapScan> scan)
        implements AutoCloseable {

    private static final long REGION_BYTE_SIZE = PublishMethod.REGION_BYTE_SIZE;

    /** {@return the kernel's tables now} */
    Snapshot look() {
        ProcessMaps maps = ProcessMaps.read();
        long[] live = functions.liveAddresses();
        if (views.isEmpty()) {
            long holding = maps.mappings().stream()
                    .filter(mapping -> holds(live, mapping.start(), mapping.end()))
                    .count();
            return new Snapshot(System.nanoTime(), (int) holding, maps.count(), List.of(), 0);
        }
        int vmas = 0;
        int strays = 0;
        List<Region> regions = new ArrayList<>();
        for (AddressRange view : views) {
            List<Mapping> mappings = maps.within(List.of(view));
            vmas += mappings.size();
            strays += strays(mappings);
            regions.addAll(regions(view, mappings, live));
        }
        return new Snapshot(System.nanoTime(), vmas, maps.count(), regions, strays);
    }

    /** {@return the regions of a view that begin with memory and not with a hole} */
    private List<Region> regions(AddressRange view, List<Mapping> mappings, long[] live) {
        BitSet huge = huge(view, mappings);
        List<Region> regions = new ArrayList<>();
        for (long offset = 0; offset < view.byteSize(); offset += REGION_BYTE_SIZE) {
            AddressRange region = AddressRange.ofSize(view.start() + offset, REGION_BYTE_SIZE);
            if (mappings.stream().noneMatch(one -> !isHole(one) && range(one).contains(region.start()))) {
                continue;
            }
            int joints = (int) mappings.stream()
                    .filter(one -> one.start() > region.start() && one.start() < region.end())
                    .count();
            // The addresses are those where functions run; a region lies at the same offset of each view.
            long runsAt = views.getFirst().start() + offset;
            regions.add(new Region(region.start(), backing.isHuge(), huge.get((int) (offset / REGION_BYTE_SIZE)),
                    joints, holds(live, runsAt, runsAt + REGION_BYTE_SIZE)));
        }
        return regions;
    }

    /** {@return the huge regions of a view; without PAGEMAP_SCAN only those of VMAs that are huge as a whole} */
    private BitSet huge(AddressRange view, List<Mapping> mappings) {
        if (scan.isPresent()) {
            return scan.get().hugeRegions(view.start(), view.end())
                    .orElseThrow(() -> new IllegalStateException("PAGEMAP_SCAN failed: range=" + view));
        }
        BitSet huge = new BitSet();
        for (Mapping mapping : mappings) {
            if (Smaps.readWithin(List.of(range(mapping))).totals().huge() >= range(mapping).byteSize()) {
                long from = Math.max(view.start(), mapping.start()) - view.start();
                long to = Math.min(view.end(), mapping.end()) - view.start();
                huge.set((int) Math.ceilDiv(from, REGION_BYTE_SIZE), (int) Math.ceilDiv(to, REGION_BYTE_SIZE));
            }
        }
        return huge;
    }

    private static AddressRange range(Mapping mapping) {
        return new AddressRange(mapping.start(), mapping.end());
    }

    /** {@return pairs of neighbors that have the same permissions but are two VMAs} */
    private int strays(List<Mapping> mappings) {
        int strays = 0;
        for (int index = 1; index < mappings.size(); index++) {
            Mapping before = mappings.get(index - 1);
            Mapping after = mappings.get(index);
            // The kernel never merges VMAs of hugetlb.
            boolean mergeable = backing != Backing.HUGETLB || isHole(after);
            boolean alike = before.end() == after.start() && before.permissions().equals(after.permissions());
            strays += mergeable && alike ? 1 : 0;
        }
        return strays;
    }

    private static boolean isHole(Mapping mapping) {
        return !mapping.readable() && !mapping.writable() && !mapping.executable();
    }

    private static boolean holds(long[] sorted, long start, long end) {
        int found = Arrays.binarySearch(sorted, start);
        int next = found >= 0 ? found : -found - 1;
        return next < sorted.length && sorted[next] < end;
    }

    @Override
    public void close() {
        scan.ifPresent(PagemapScan::close);
    }
}
