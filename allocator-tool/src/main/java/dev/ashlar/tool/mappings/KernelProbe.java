package dev.ashlar.tool.mappings;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Asks the kernel what a publish method does to its tables: VMAs from {@code /proc/self/maps}, huge mappings of each
 * region from PAGEMAP_SCAN. It does not ask a heap, only where the memory lies. Not thread-safe.
 */
final class KernelProbe implements AutoCloseable {

    private static final long REGION_BYTE_SIZE = PublishMethod.REGION_BYTE_SIZE;

    private final PublishMethod method;
    private final Backing backing;
    private final Functions functions;
    private final Optional<PagemapScan> scan;

    KernelProbe(PublishMethod method, Backing backing, Functions functions, SystemCalls calls) {
        this.method = method;
        this.backing = backing;
        this.functions = functions;
        this.scan = PagemapScan.open(calls);
    }

    /** {@return the kernel's tables now} */
    Snapshot look() {
        ProcessMaps maps = ProcessMaps.read();
        long[] live = functions.liveAddresses();
        List<AddressRange> views = method.views();
        if (views.isEmpty()) {
            long holding = maps.mappings().stream()
                    .filter(mapping -> holds(live, mapping.start(), mapping.end()))
                    .count();
            return new Snapshot(System.nanoTime(), (int) holding, maps.count(), List.of(), 0);
        }
        int vmas = 0;
        int strays = 0;
        List<Snapshot.Region> regions = new ArrayList<>();
        for (AddressRange view : views) {
            List<Mapping> mappings = maps.within(List.of(view));
            vmas += mappings.size();
            strays += strays(mappings);
            regions.addAll(regions(view, mappings, live));
        }
        return new Snapshot(System.nanoTime(), vmas, maps.count(), regions, strays);
    }

    private List<Snapshot.Region> regions(AddressRange view, List<Mapping> mappings, long[] live) {
        BitSet committed = committed(view, mappings);
        BitSet huge = huge(view);
        int[] joints = joints(view, mappings);
        List<Snapshot.Region> regions = new ArrayList<>();
        for (int index = committed.nextSetBit(0); index >= 0; index = committed.nextSetBit(index + 1)) {
            long start = view.start() + index * REGION_BYTE_SIZE;
            // The addresses are those where functions run; a region lies at the same offset of each view.
            long runsAt = method.views().getFirst().start() + index * REGION_BYTE_SIZE;
            regions.add(new Snapshot.Region(start, backing.isHuge(), huge.get(index), joints[index],
                    holds(live, runsAt, runsAt + REGION_BYTE_SIZE)));
        }
        return regions;
    }

    /** {@return the huge regions of a view; without PAGEMAP_SCAN only those of VMAs that are huge as a whole} */
    private BitSet huge(AddressRange view) {
        if (scan.isPresent()) {
            return scan.get().hugeRegions(view.start(), view.end())
                    .orElseThrow(() -> new IllegalStateException("PAGEMAP_SCAN failed: range=" + view));
        }
        BitSet huge = new BitSet();
        Smaps smaps = Smaps.readWithin(List.of(view));
        for (Smaps.Area area : smaps.areas()) {
            Mapping mapping = area.mapping();
            AddressRange range = new AddressRange(mapping.start(), mapping.end());
            if (Smaps.readWithin(List.of(range)).totals().huge() >= range.byteSize()) {
                setRegions(huge, view, mapping);
            }
        }
        return huge;
    }

    /** {@return the regions of a view that begin with memory and not with a hole} */
    private static BitSet committed(AddressRange view, List<Mapping> mappings) {
        BitSet committed = new BitSet();
        mappings.stream().filter(mapping -> !isHole(mapping)).forEach(one -> setRegions(committed, view, one));
        return committed;
    }

    /** Sets the regions whose first byte lies in a mapping. */
    private static void setRegions(BitSet regions, AddressRange view, Mapping mapping) {
        long from = Math.max(view.start(), mapping.start()) - view.start();
        long to = Math.min(view.end(), mapping.end()) - view.start();
        regions.set((int) Math.ceilDiv(from, REGION_BYTE_SIZE), (int) Math.ceilDiv(to, REGION_BYTE_SIZE));
    }

    /** {@return for each region of a view the VMA boundaries inside it, without its own ends} */
    private static int[] joints(AddressRange view, List<Mapping> mappings) {
        int[] joints = new int[(int) (view.byteSize() / REGION_BYTE_SIZE)];
        for (Mapping mapping : mappings) {
            long offset = mapping.start() - view.start();
            if (offset > 0 && offset % REGION_BYTE_SIZE != 0) {
                joints[(int) (offset / REGION_BYTE_SIZE)]++;
            }
        }
        return joints;
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
