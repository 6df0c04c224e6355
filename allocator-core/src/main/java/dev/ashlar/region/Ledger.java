package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Hardening;
import dev.ashlar.stubs.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A zone's record of its page permissions: what the kernel's tables must look like if they are as they were asked to
 * be. It is told of every change and never asks the kernel, so that the two can be compared.
 *
 * <p>What it relies on (Linux 5.10 to 6.18, mm/vma.c): a change of permission inside a region splits its huge entry,
 * and only MADV_COLLAPSE brings it back; neighbours that allow the same are one VMA where their memory is one file's or
 * both are anonymous and akin, never on hugetlb. Akin are regions that share the kernel's anon_vma: a region takes that
 * of a neighbour in its own VMA when it is first touched, else of the next, else of the one before, else a new one.
 *
 * <p>Not thread-safe: the heap's lock is held.
 */
public final class Ledger {

    private final Zone zone;
    private final @Nullable RegionRecord[] records;
    private int kinships;
    private long changes;
    private final LedgerCounts counts = new LedgerCounts();

    Ledger(Zone zone, int regionCount) {
        this.zone = zone;
        this.records = new RegionRecord[regionCount];
    }

    /**
     * A stretch of one view that allows the same throughout: a VMA, but for what lies beyond the view's ends.
     *
     * @param permissions as maps files spell them: {@code ---p} for holes
     */
    public record Range(AddressRange addresses, String permissions) {}

    /** Notes that a region was committed. */
    void committed(int region, Backing backing) {
        RegionRecord record = new RegionRecord(backing, kinshipOf(region, backing));
        record.noteChange(++changes);
        records[region] = record;
    }

    /** Takes back that a region was committed. */
    void forget(int region) {
        records[region] = null;
    }

    /** Notes that a region is a hole now. */
    void released(int region, long nowNanos) {
        RegionRecord record = records[region];
        if (record != null) {
            counts.splitNanos += record.splitNanos(nowNanos);
        }
        records[region] = null;
    }

    /** Notes that whole pages were published by one system call. */
    void published(long offset, long byteSize, long nowNanos) {
        counts.callCount++;
        long end = offset + byteSize;
        for (long at = offset; at < end; at = Region.endOfPart(at, end)) {
            int pageCount = Pages.countFor(Region.endOfPart(at, end) - at);
            RegionRecord record = recordOf(Region.indexOf(at));
            counts.splitCount += record.publish(pageInRegion(at), pageCount, nowNanos) ? 1 : 0;
            record.noteChange(++changes);
        }
    }

    /** Notes that a region has no contents any more: before it has others, what is published there must be reopened. */
    void emptied(int region) {
        recordOf(region).emptied();
    }

    /** {@return whether a region had contents that were published, and has to be reopened before it has others} */
    public boolean isStale(int region) {
        return recordOf(region).isStale();
    }

    /** Notes how many changes of permission a caller asked for: sections published, blocks freed. */
    public void asked(int changeCount) {
        counts.askedCount += changeCount;
    }

    /** Notes that a region may be written again from end to end, by one system call. */
    void reopened(int region) {
        counts.callCount++;
        RegionRecord record = recordOf(region);
        record.reopen();
        record.noteChange(++changes);
    }

    /** Notes that a split region is huge again. */
    void healed(int region, long nowNanos) {
        counts.healedCount++;
        counts.splitNanos += recordOf(region).heal(nowNanos);
    }

    /** Notes that the kernel did not make a split region huge. */
    void healFailed() {
        counts.healFailureCount++;
    }

    /** Notes a call that the kernel refused. */
    void refused() {
        counts.callCount++;
    }

    private int kinshipOf(int region, Backing backing) {
        if (backing == Backing.SECRET) {
            // A file for each region: nothing is ever one VMA with its neighbour.
            return ++kinships;
        }
        if (Rung.isShared(backing, zone)) {
            // One file: whatever lies side by side in it can be one VMA. A file for each region: nothing can.
            return zone.hardening() == Hardening.NONE ? 0 : ++kinships;
        }
        RegionRecord before = akin(region - 1, backing);
        RegionRecord after = akin(region + 1, backing);
        View view = zone.front();
        if (before != null && before.accessOf(Pages.PER_REGION - 1, view) == view.initial()) {
            return before.kinship;
        }
        if (after != null) {
            return after.kinship;
        }
        return before != null ? before.kinship : ++kinships;
    }

    private @Nullable RegionRecord akin(int region, Backing backing) {
        RegionRecord record = region < 0 || region >= records.length ? null : records[region];
        return record == null || record.backing != backing ? null : record;
    }

    /** {@return whether nothing in a committed range is published in place: it may be written} */
    public boolean isOpen(long offset, long byteSize) {
        long end = offset + byteSize;
        for (long at = offset; at < end; at = Region.endOfPart(at, end)) {
            int pageCount = Pages.countFor(Region.endOfPart(at, end)) - Pages.indexOf(at);
            if (!recordOf(Region.indexOf(at)).isOpen(pageInRegion(at), pageCount)) {
                return false;
            }
        }
        return true;
    }

    /** {@return pages of a committed region that are published in place} */
    public int publishedPageCount(int region) {
        return recordOf(region).publishedPageCount();
    }

    /** {@return whether the region is one that a change of permission has split, and nothing has healed} */
    public boolean isSplit(int region) {
        RegionRecord record = records[region];
        return record != null && record.isSplit();
    }

    /** {@return a number that no other change has: of the last one in a committed region, its commit included} */
    public long lastChangeOf(int region) {
        return recordOf(region).lastChange();
    }

    boolean isLastChange(int region, long change) {
        RegionRecord record = records[region];
        return record != null && record.lastChange() == change;
    }

    /** {@return nanoseconds since something was published in a committed region} */
    public long nanosSincePublish(int region) {
        return System.nanoTime() - recordOf(region).publishedNanos();
    }

    /** {@return whether all pages of the region allow the same, so that it can be made huge} */
    boolean isUniform(int region) {
        return recordOf(region).isUniform();
    }

    /** {@return regions that are split now} */
    public BitSet splitRegions() {
        BitSet split = new BitSet();
        for (int region = 0; region < records.length; region++) {
            split.set(region, isSplit(region));
        }
        return split;
    }

    /** {@return how often a committed region was split since it was last empty} */
    public int splitCountOf(int region) {
        return recordOf(region).splitCount();
    }

    /** {@return whether the kernel must be mapping the region by one huge entry in every view} */
    public boolean isHuge(int region) {
        RegionRecord record = records[region];
        return record != null && record.backing.isHuge() && !record.isSplit();
    }

    /** {@return what one of the zone's views must look like, from its first address to its last} */
    public List<Range> predict(View view) {
        return predict(view, 0, zone.byteSize());
    }

    /** {@return what a region must look like in one of the zone's views} */
    public List<Range> predict(View view, int region) {
        return predict(view, Region.offsetOf(region), Region.offsetOf(region + 1));
    }

    private List<Range> predict(View view, long from, long to) {
        List<Range> ranges = new ArrayList<>();
        long start = from;
        for (long at = from; at < to;) {
            long end = endOfRange(view, at);
            if (end == to || !isJoined(view, end)) {
                ranges.add(new Range(
                        new AddressRange(view.base() + start, view.base() + end), permissionsAt(view, at)));
                start = end;
            }
            at = end;
        }
        return ranges;
    }

    /** {@return the end of what lies in one region, or is one hole, and allows the same as {@code offset}} */
    private long endOfRange(View view, long offset) {
        int region = Region.indexOf(offset);
        RegionRecord record = records[region];
        if (record == null || !view.isPublishedInPlace()) {
            return Region.offsetOf(region + 1);
        }
        return Region.offsetOf(region) + Pages.offsetOf(record.endOfRange(pageInRegion(offset)));
    }

    /** {@return whether the kernel makes one VMA of what lies before {@code offset} and what lies behind it} */
    private boolean isJoined(View view, long offset) {
        if (!permissionsAt(view, offset - Pages.BYTE_SIZE).equals(permissionsAt(view, offset))) {
            return false;
        }
        RegionRecord before = records[Region.indexOf(offset - Pages.BYTE_SIZE)];
        RegionRecord after = records[Region.indexOf(offset)];
        if (before == null || after == null) {
            return before == after;
        }
        return before.backing == after.backing
                && before.backing != Backing.HUGETLB
                && before.kinship == after.kinship;
    }

    private String permissionsAt(View view, long offset) {
        RegionRecord record = records[Region.indexOf(offset)];
        if (record == null) {
            return "---p";
        }
        Access access = record.accessOf(pageInRegion(offset), view);
        return access.permissions() + (Rung.isShared(record.backing, zone) ? "s" : "p");
    }

    /** {@return sums over the zone's life, time spent split up to now included} */
    public LedgerCounts counts(long nowNanos) {
        LedgerCounts sums = counts.copy();
        for (RegionRecord record : records) {
            sums.splitNanos += record == null ? 0 : record.splitNanos(nowNanos);
        }
        return sums;
    }

    /** {@return bytes of bookkeeping in the Java heap} */
    long metadataByteSize() {
        long recordCount = Arrays.stream(records).filter(Objects::nonNull).count();
        return 64 + 4L * records.length + recordCount * RegionRecord.METADATA_BYTE_SIZE;
    }

    private static int pageInRegion(long offset) {
        return Pages.inRegion(Pages.indexOf(offset));
    }

    private RegionRecord recordOf(int region) {
        RegionRecord record = records[region];
        if (record == null) {
            throw new IllegalStateException("region " + region + " is not committed");
        }
        return record;
    }
}
