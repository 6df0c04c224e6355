package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCalls;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the kernel's tables of a zone: its VMAs, and which regions one huge entry maps in which view.
 *
 * <p>PAGEMAP_SCAN (Linux 6.7) answers region by region. The fallback, smaps, counts by VMA, so there a region counts as
 * huge only if its whole VMA is. Not thread-safe.
 */
public final class KernelView implements AutoCloseable {
    private final Zone zone;
    private final SystemCalls calls;
    private @Nullable PagemapScan scan;
    /** For each view, the regions that some look found huge since they were committed. */
    private final List<BitSet> knownHuge;
    private final BitSet splitUnhealed = new BitSet();
    private long splitCount;

    KernelView(Zone zone, SystemCalls calls) {
        this.zone = zone;
        this.calls = calls;
        this.knownHuge = zone.views().stream().map(view -> new BitSet()).toList();
    }

    /**
     * One look at the kernel's tables.
     *
     * @param source "PAGEMAP_SCAN" or "smaps"
     * @param views the span's views, in its order
     * @param smapsHugeByteSize huge bytes of all views by {@code /proc/self/smaps}, or -1 if it cannot be read
     * @param splitCount regions that some look found huge and a later one did not
     */
    public record Look(String source, List<ViewLook> views, long smapsHugeByteSize, long splitCount) {

        /** {@return the views in which the region is mapped by one huge entry} */
        public Set<Access> hugeViewsOf(int region) {
            return views.stream()
                    .filter(found -> found.huge().get(region))
                    .map(found -> found.view().access())
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    /**
     * One view in the kernel's tables.
     *
     * @param mappings its VMAs, by address
     * @param huge regions mapped by one huge entry
     */
    public record ViewLook(View view, List<Mapping> mappings, BitSet huge) {}

    /** {@return what the kernel says now} */
    public Look look() {
        // The descriptor of the page map is the parent's in a fork.
        Fork.refuse();
        Smaps smaps = Smaps.readWithin(zone.ranges());
        List<View> views = zone.views();
        List<Optional<BitSet>> scanned =
                views.stream().map(view -> scanned(view.range())).toList();
        boolean scanWorked = scanned.stream().allMatch(Optional::isPresent);
        List<BitSet> huge = IntStream.range(0, views.size())
                .mapToObj(index -> scanned.get(index)
                        .orElseGet(() -> hugeBySmaps(smaps, views.get(index).range())))
                .toList();
        noteSplits(huge);
        ProcessMaps maps = ProcessMaps.readWithin(zone.ranges());
        List<ViewLook> found = IntStream.range(0, views.size())
                .mapToObj(index -> new ViewLook(
                        views.get(index), maps.within(List.of(views.get(index).range())), huge.get(index)))
                .toList();
        return new Look(
                scanWorked ? "PAGEMAP_SCAN" : "smaps",
                found,
                smaps.areas().isEmpty() ? -1 : smaps.totals().huge(),
                splitCount);
    }

    private void noteSplits(List<BitSet> huge) {
        BitSet split = new BitSet();
        for (int index = 0; index < huge.size(); index++) {
            BitSet known = knownHuge.get(index);
            BitSet splitHere = (BitSet) known.clone();
            splitHere.andNot(huge.get(index));
            split.or(splitHere);
            known.or(huge.get(index));
        }
        // A region that stays split counts once; one that was healed in between counts again.
        BitSet fresh = (BitSet) split.clone();
        fresh.andNot(splitUnhealed);
        splitCount += fresh.cardinality();
        splitUnhealed.clear();
        splitUnhealed.or(split);
    }

    /** Forgets what earlier looks found in a region that is a hole now. */
    void forget(int region) {
        knownHuge.forEach(known -> known.clear(region));
        splitUnhealed.clear(region);
    }

    private Optional<BitSet> scanned(AddressRange range) {
        if (scan == null) {
            // Retry after a failure: the process may have been out of descriptors for a moment.
            scan = PagemapScan.open(calls).orElse(null);
        }
        return scan == null ? Optional.empty() : scan.hugeRegions(range.start(), range.end());
    }

    private static BitSet hugeBySmaps(Smaps smaps, AddressRange view) {
        BitSet huge = new BitSet();
        for (Smaps.Area area : smaps.areas()) {
            Mapping mapping = area.mapping();
            long hugeBytes = area.bytes("ShmemPmdMapped") + area.bytes("Shared_Hugetlb")
                    + area.bytes("Private_Hugetlb") + area.bytes("AnonHugePages");
            if (view.contains(mapping.range()) && hugeBytes == mapping.byteSize()) {
                huge.set(
                        Region.countFor(mapping.start() - view.start()),
                        Region.countFor(mapping.end() - view.start()));
            }
        }
        return huge;
    }

    /** {@return the address ranges of all views, for counting VMAs} */
    public List<AddressRange> ranges() {
        return zone.ranges();
    }

    @Override
    public void close() {
        if (scan != null) {
            scan.close();
        }
    }
}
