package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A zone's record of its page permissions. It predicts the kernel's tables from the changes that were made and never
 * asks the kernel, so that the two can be compared.
 *
 * <p>It relies on this behaviour (Linux 5.10 to 6.18, mm/vma.c): a permission change inside a region splits its huge
 * entry, and only MADV_COLLAPSE restores it. Neighbours with the same permissions are one VMA if one file backs both,
 * or if both are anonymous and share the kernel's anon_vma; never on hugetlb. At its first touch a region takes the
 * anon_vma of its own VMA if there is one, else that of the next neighbour, else that of the previous, else a new one.
 *
 * <p>Not thread-safe: callers hold the heap's lock.
 */
public final class Ledger {

    private final Zone zone;
    private final ZoneEvents events;
    private final @Nullable RegionRecord[] records;
    private int vmaGroups;
    private long changes;
    private final LedgerCounts counts = new LedgerCounts();

    Ledger(Zone zone, int regionCount, ZoneEvents events) {
        this.zone = zone;
        this.events = events;
        this.records = new RegionRecord[regionCount];
    }

    /**
     * A part of one view with the same permissions throughout: a VMA, cut at the ends of the view.
     *
     * @param permissions as maps files spell them: {@code ---p} for holes
     */
    public record Range(AddressRange addresses, String permissions) {}

    /**
     * Records that a region was committed.
     *
     * @param joinsNeighbours whether the kernel can join it and neighbours of its backing in one VMA
     */
    void committed(int region, Backing backing, boolean joinsNeighbours) {
        RegionRecord record =
                new RegionRecord(backing, joinsNeighbours ? vmaGroupOf(region, backing) : ++vmaGroups);
        record.noteChange(++changes);
        records[region] = record;
    }

    /** Undoes the record of a commit. */
    void forget(int region) {
        records[region] = null;
    }

    /** Records that a region is a hole now. */
    void released(int region, long nowNanos) {
        RegionRecord record = records[region];
        if (record != null) {
            counts.splitNanos += record.splitNanos(nowNanos);
        }
        records[region] = null;
    }

    /** Records that one system call published whole pages. */
    void published(long offset, long byteSize, long nowNanos) {
        counts.callCount++;
        long end = offset + byteSize;
        for (long at = offset; at < end; at = Region.endOfPart(at, end)) {
            int pageCount = Pages.countFor(Region.endOfPart(at, end) - at);
            RegionRecord record = recordOf(Region.indexOf(at));
            boolean isSplitNow = record.publish(pageInRegion(at), pageCount, nowNanos);
            counts.splitCount += isSplitNow ? 1 : 0;
            record.noteChange(++changes);
            if (isSplitNow) {
                events.split(Region.indexOf(at), record.backing, "a part of it was published in place");
            }
        }
    }

    /**
     * Records that a region has no contents any more. Its published pages must be reopened before new contents come.
     */
    void emptied(int region) {
        recordOf(region).emptied();
    }

    /** {@return whether a region had published contents and must be reopened before new contents come} */
    public boolean isStale(int region) {
        return recordOf(region).isStale();
    }

    /** Counts the permission changes that a caller asked for: sections published, blocks freed. */
    public void asked(int changeCount) {
        counts.askedCount += changeCount;
    }

    /** Records that one system call made a whole region writable again. */
    void reopened(int region) {
        counts.callCount++;
        RegionRecord record = recordOf(region);
        record.reopen();
        record.noteChange(++changes);
    }

    /** Records that pages of a region have no memory. */
    void thinned(int region, long nowNanos) {
        RegionRecord record = recordOf(region);
        boolean isSplitNow = record.thin(nowNanos);
        counts.splitCount += isSplitNow ? 1 : 0;
        record.noteChange(++changes);
        if (isSplitNow) {
            events.split(region, record.backing, "a trim gave free pages back");
        }
    }

    /** Records that all pages of a region have memory again. */
    void filled(int region) {
        RegionRecord record = recordOf(region);
        record.fill();
        record.noteChange(++changes);
    }

    /** Records that a split region is huge again. */
    void healed(int region, long nowNanos) {
        counts.healedCount++;
        counts.splitNanos += recordOf(region).heal(nowNanos);
    }

    /** Counts a failed attempt to make a split region huge. */
    void healFailed() {
        counts.healFailureCount++;
    }

    /** Counts a call that the kernel refused. */
    void refused() {
        counts.callCount++;
    }

    /** {@return the permission changes that were tried so far} */
    long version() {
        return changes + counts.callCount;
    }

    private int vmaGroupOf(int region, Backing backing) {
        if (Rung.isShared(backing, zone)) {
            // Neighbours in one file.
            return 0;
        }
        RegionRecord before = similar(region - 1, backing);
        RegionRecord after = similar(region + 1, backing);
        View view = zone.front();
        if (before != null && before.accessOf(Pages.PER_REGION - 1, view) == view.initial()) {
            return before.vmaGroup;
        }
        if (after != null) {
            return after.vmaGroup;
        }
        return before != null ? before.vmaGroup : ++vmaGroups;
    }

    /** {@return the record of a neighbour that shares its anon_vma: one of the same backing and advice} */
    private @Nullable RegionRecord similar(int region, Backing backing) {
        RegionRecord record = region < 0 || region >= records.length ? null : records[region];
        return record == null || record.backing != backing || record.isThin() ? null : record;
    }

    /** {@return whether nothing in a committed range is published in place, so that it may be written} */
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

    /** {@return whether a change of permissions or a loss of pages has split the region and nothing has healed it} */
    public boolean isSplit(int region) {
        RegionRecord record = records[region];
        return record != null && record.isSplit();
    }

    /** {@return the unique number of the last change in a committed region; its commit is one} */
    public long lastChangeOf(int region) {
        return recordOf(region).lastChange();
    }

    boolean isLastChange(int region, long change) {
        RegionRecord record = records[region];
        return record != null && record.lastChange() == change;
    }

    /** {@return nanoseconds since the last publication in a committed region} */
    public long nanosSincePublish(int region) {
        return System.nanoTime() - recordOf(region).publishedNanos();
    }

    /** {@return whether a region is split, but all its pages have memory and the same permissions} */
    boolean canHeal(int region) {
        RegionRecord record = records[region];
        return record != null && record.canHeal();
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

    /** {@return whether, by prediction, one huge entry maps the region in every view} */
    public boolean isHuge(int region) {
        RegionRecord record = records[region];
        return record != null && record.backing.isHuge() && !record.isSplit();
    }

    /** {@return the predicted mappings of one of the zone's views, by address} */
    public List<Range> predict(View view) {
        return predict(view, 0, zone.byteSize());
    }

    /** {@return the predicted mappings of a region in one of the zone's views} */
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

    /** {@return the end of the range with the same permissions as {@code offset}, at most the end of its region} */
    private long endOfRange(View view, long offset) {
        int region = Region.indexOf(offset);
        RegionRecord record = records[region];
        if (record == null || !view.isPublishedInPlace()) {
            return Region.offsetOf(region + 1);
        }
        return Region.offsetOf(region) + Pages.offsetOf(record.endOfRange(pageInRegion(offset)));
    }

    /** {@return whether the bytes before and after {@code offset} lie in one VMA} */
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
                && before.isThin() == after.isThin()
                && before.backing != Backing.HUGETLB
                && before.vmaGroup == after.vmaGroup;
    }

    private String permissionsAt(View view, long offset) {
        RegionRecord record = records[Region.indexOf(offset)];
        if (record == null) {
            return "---p";
        }
        Access access = record.accessOf(pageInRegion(offset), view);
        return access.permissions() + (Rung.isShared(record.backing, zone) ? "s" : "p");
    }

    /** {@return the counters of the zone's life, including the split time up to now} */
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
