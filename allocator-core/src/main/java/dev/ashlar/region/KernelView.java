package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Descriptor;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
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

/**
 * Reads which regions of a zone one huge entry maps in which view, from the kernel's tables.
 *
 * <p>PAGEMAP_SCAN (Linux 6.7) answers region by region. The fallback, smaps, counts by VMA, so there a region counts as
 * huge only if its whole VMA is. Only {@link #read} is thread-safe. It needs no lock, because smaps can take seconds: a
 * caller who looks without the lock must find out whether the zone has changed meanwhile.
 */
public final class KernelView {
    /** The kernel walks all mappings for smaps, some microseconds each: in a process with more it is left out. */
    private static final int SMAPS_MAPPING_COUNT_MAX = 1000;
    private static final String MAPS = "/proc/self/maps";

    private final Zone zone;
    private final SystemCalls calls;
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
     * @param smapsHugeByteSize huge bytes of all views by {@code /proc/self/smaps}, or -1 if it was not read
     */
    public record Look(String source, List<ViewLook> views, long smapsHugeByteSize) {

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
     * @param huge regions mapped by one huge entry
     */
    public record ViewLook(View view, BitSet huge) {}

    /** {@return what the kernel says now, noted for the count of splits} */
    Look look() {
        Look look = read();
        note(look);
        return look;
    }

    /** {@return why the kernel's list of mappings could not be read} */
    public static Refusal whyUnreadable(SystemCalls calls) {
        try (Descriptor maps = new Descriptor(calls)) {
            int fd = maps.open(MAPS, Linux.O_RDONLY);
            if (fd < 0) {
                return new Refusal("audit", "open(" + MAPS + ")", Errno.describe(fd), new Remedy(calls).ofMaps(fd));
            }
        }
        return new Refusal("audit", "read(" + MAPS + ")", "nothing to read",
                "Descriptors were short a moment ago (ulimit -n), or another file lies over this one.");
    }

    /** {@return what the kernel says now} */
    public Look read() {
        // The files of /proc/self are of the child in a fork, and the heap is the parent's.
        Fork.refuse();
        List<View> views = zone.views();
        List<Optional<BitSet>> scanned = scanned(views);
        boolean scanWorked = scanned.stream().allMatch(Optional::isPresent);
        boolean smapsWanted = !scanWorked || !ProcessMaps.countExceeds(calls, SMAPS_MAPPING_COUNT_MAX);
        Smaps smaps = smapsWanted ? Smaps.readWithin(zone.ranges()) : Smaps.parse("");
        List<BitSet> huge = IntStream.range(0, views.size())
                .mapToObj(index -> scanned.get(index)
                        .orElseGet(() -> hugeBySmaps(smaps, views.get(index).range())))
                .toList();
        List<ViewLook> found = IntStream.range(0, views.size())
                .mapToObj(index -> new ViewLook(views.get(index), huge.get(index)))
                .toList();
        return new Look(
                scanWorked ? "PAGEMAP_SCAN" : "smaps",
                found,
                smaps.areas().isEmpty() ? -1 : smaps.totals().huge());
    }

    /**
     * Notes which regions a look found huge. Pre: the zone has not changed since.
     *
     * @return regions that some look found huge and a later one did not
     */
    public long note(Look look) {
        List<BitSet> huge = look.views().stream().map(ViewLook::huge).toList();
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
        return splitCount;
    }

    /** Forgets what earlier looks found in a region that is a hole now. */
    void forget(int region) {
        knownHuge.forEach(known -> known.clear(region));
        splitUnhealed.clear(region);
    }

    private List<Optional<BitSet>> scanned(List<View> views) {
        // No descriptor is kept: a heap that is seldom audited needs none, and a forked child inherits none.
        Optional<PagemapScan> opened = PagemapScan.open(calls);
        if (opened.isEmpty()) {
            return views.stream().map(view -> Optional.<BitSet>empty()).toList();
        }
        try (PagemapScan scan = opened.get()) {
            return views.stream()
                    .map(View::range)
                    .map(range -> scan.hugeRegions(range.start(), range.end()))
                    .toList();
        }
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
}
