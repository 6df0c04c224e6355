package dev.ashlar.region;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCalls;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel's tables say about a span: its VMAs, and which regions are mapped by one huge entry in which view.
 *
 * <p>PAGEMAP_SCAN (Linux 6.7) answers region by region. Without it smaps must do: it counts by VMA, so a region is
 * taken for huge only where the whole VMA around it is. Not thread-safe.
 */
public final class KernelView implements AutoCloseable {
    private final Span span;
    private final SystemCalls calls;
    private @Nullable PagemapScan scan;
    private final BitSet knownHugeExecutable = new BitSet();
    private final BitSet knownHugeWritable = new BitSet();
    private final BitSet everSplitUnhealed = new BitSet();
    private long splitCount;

    KernelView(Span span, SystemCalls calls) {
        this.span = span;
        this.calls = calls;
    }

    /**
     * One look at the kernel's tables.
     *
     * @param source "PAGEMAP_SCAN" or "smaps"
     * @param executableMappings VMAs of the view in which code runs
     * @param writableMappings VMAs of the view in which code is written
     * @param executableHuge regions mapped by one huge entry in the view in which code runs
     * @param writableHuge regions mapped by one huge entry in the view in which code is written
     * @param smapsHugeByteSize huge bytes of both views by {@code /proc/self/smaps}; -1 where it could not be read
     * @param splitCount regions found not huge that had been, over all looks
     */
    public record Look(
            String source,
            List<Mapping> executableMappings,
            List<Mapping> writableMappings,
            BitSet executableHuge,
            BitSet writableHuge,
            long smapsHugeByteSize,
            long splitCount) {}

    /** {@return what the kernel says now} */
    public Look look() {
        AddressRange executable = AddressRange.ofSize(span.executableBase(), span.byteSize());
        AddressRange writable = AddressRange.ofSize(span.writableBase(), span.byteSize());
        Smaps smaps = Smaps.readWithin(span.ranges());
        Optional<BitSet> executableScanned = scanned(executable);
        Optional<BitSet> writableScanned = scanned(writable);
        boolean scanWorked = executableScanned.isPresent() && writableScanned.isPresent();
        BitSet executableHuge = executableScanned.orElseGet(() -> hugeBySmaps(smaps, executable));
        BitSet writableHuge = writableScanned.orElseGet(() -> hugeBySmaps(smaps, writable));
        noteSplits(executableHuge, writableHuge);
        ProcessMaps maps = ProcessMaps.readWithin(span.ranges());
        return new Look(
                scanWorked ? "PAGEMAP_SCAN" : "smaps",
                maps.within(List.of(executable)),
                maps.within(List.of(writable)),
                executableHuge,
                writableHuge,
                smaps.areas().isEmpty() ? -1 : smaps.totals().huge(),
                splitCount);
    }

    private void noteSplits(BitSet executableHuge, BitSet writableHuge) {
        BitSet split = (BitSet) knownHugeExecutable.clone();
        split.andNot(executableHuge);
        BitSet splitWritable = (BitSet) knownHugeWritable.clone();
        splitWritable.andNot(writableHuge);
        split.or(splitWritable);
        // A region that stays split counts once; one that was healed in between counts again.
        BitSet fresh = (BitSet) split.clone();
        fresh.andNot(everSplitUnhealed);
        splitCount += fresh.cardinality();
        everSplitUnhealed.clear();
        everSplitUnhealed.or(split);
        knownHugeExecutable.or(executableHuge);
        knownHugeWritable.or(writableHuge);
    }

    /** Forgets what was known of a region that is a hole now. */
    void forget(int region) {
        knownHugeExecutable.clear(region);
        knownHugeWritable.clear(region);
        everSplitUnhealed.clear(region);
    }

    private Optional<BitSet> scanned(AddressRange range) {
        if (scan == null) {
            // Each time anew where it failed: a process may have been out of descriptors for a moment.
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

    /** {@return the address ranges of both views, for counting VMAs} */
    public List<AddressRange> ranges() {
        return span.ranges();
    }

    @Override
    public void close() {
        if (scan != null) {
            scan.close();
        }
    }
}
