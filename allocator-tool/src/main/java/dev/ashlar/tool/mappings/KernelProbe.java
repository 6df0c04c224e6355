package dev.ashlar.tool.permissions;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Asks the kernel what a way of publishing does to its tables: VMAs from {@code /proc/self/maps}, huge mappings region
 * by region from PAGEMAP_SCAN. It asks no heap, only where the memory lies. Not thread-safe.
 */
final class Witness implements AutoCloseable {

    private static final long REGION_BYTE_SIZE = 2L << 20;

    private final Way way;
    private final Backing backing;
    private final Functions functions;
    private final PagemapScan scan;

    /**
     * Looks at nothing yet.
     *
     * @param backing where the memory comes from
     * @throws LackingException if the kernel cannot tell which regions are huge
     */
    Witness(Way way, Backing backing, Functions functions, SystemCalls calls) {
        this.way = way;
        this.backing = backing;
        this.functions = functions;
        this.scan = PagemapScan.open(calls)
                .orElseThrow(() -> new LackingException("which regions are huge cannot be told: "
                        + PagemapScan.refusal(calls).orElse("PAGEMAP_SCAN failed")));
    }

    /** {@return what the kernel says now} */
    Sight look() {
        ProcessMaps maps = ProcessMaps.read();
        long[] live = functions.liveAddresses();
        List<AddressRange> views = way.views();
        if (views.isEmpty()) {
            int holding = (int) maps.mappings().stream()
                    .filter(mapping -> holds(live, mapping.start(), mapping.end()))
                    .count();
            return new Sight(System.nanoTime(), holding, maps.count(), List.of(), 0);
        }
        int vmas = 0;
        int strays = 0;
        List<Sight.Region> regions = new ArrayList<>();
        for (AddressRange view : views) {
            List<Mapping> mappings = maps.within(List.of(view));
            vmas += mappings.size();
            strays += strays(mappings);
            regions.addAll(regions(view, mappings, live));
        }
        return new Sight(System.nanoTime(), vmas, maps.count(), regions, strays);
    }

    private List<Sight.Region> regions(AddressRange view, List<Mapping> mappings, long[] live) {
        BitSet committed = committed(view, mappings);
        BitSet huge = scan.hugeRegions(view.start(), view.end())
                .orElseThrow(() -> new IllegalStateException("PAGEMAP_SCAN failed: range=" + view));
        int[] joints = joints(view, mappings);
        List<Sight.Region> regions = new ArrayList<>();
        for (int index = committed.nextSetBit(0); index >= 0; index = committed.nextSetBit(index + 1)) {
            long start = view.start() + index * REGION_BYTE_SIZE;
            // Functions are known by where they run; the same region lies at the same place of every view.
            long runsAt = way.views().getFirst().start() + index * REGION_BYTE_SIZE;
            regions.add(new Sight.Region(start, backing.isHuge(), huge.get(index), joints[index],
                    holds(live, runsAt, runsAt + REGION_BYTE_SIZE)));
        }
        return regions;
    }

    /** {@return the regions of a view that begin with memory and not with a hole} */
    private static BitSet committed(AddressRange view, List<Mapping> mappings) {
        BitSet committed = new BitSet();
        for (Mapping mapping : mappings) {
            if (!isHole(mapping)) {
                long from = Math.max(view.start(), mapping.start()) - view.start();
                long to = Math.min(view.end(), mapping.end()) - view.start();
                committed.set((int) Math.ceilDiv(from, REGION_BYTE_SIZE), (int) Math.ceilDiv(to, REGION_BYTE_SIZE));
            }
        }
        return committed;
    }

    /** {@return for each region of a view the VMA boundaries inside it, its own ends left out} */
    private static int[] joints(AddressRange view, List<Mapping> mappings) {
        int[] joints = new int[regionCount(view)];
        for (Mapping mapping : mappings) {
            long offset = mapping.start() - view.start();
            if (offset > 0 && offset % REGION_BYTE_SIZE != 0) {
                joints[(int) (offset / REGION_BYTE_SIZE)]++;
            }
        }
        return joints;
    }

    /** {@return pairs of neighbours that allow the same and are two VMAs all the same} */
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

    private static int regionCount(AddressRange view) {
        return (int) (view.byteSize() / REGION_BYTE_SIZE);
    }

    private static boolean holds(long[] sorted, long start, long end) {
        int found = Arrays.binarySearch(sorted, start);
        int next = found >= 0 ? found : -found - 1;
        return next < sorted.length && sorted[next] < end;
    }

    @Override
    public void close() {
        scan.close();
    }
}
