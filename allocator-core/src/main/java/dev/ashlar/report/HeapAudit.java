package dev.ashlar.report;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import java.util.List;
import java.util.Set;

/**
 * What the kernel's tables say about a heap's memory, next to what the heap intends.
 *
 * @param source where huge mappings were read: "PAGEMAP_SCAN" (Linux 6.7), or "smaps", which has totals only
 * @param vmaCount VMAs inside the heap's reservation, all views, {@code PROT_NONE} holes included
 * @param regions every committed region, by index
 * @param intendedHugeByteSize 2 MiB for each region of a huge backing and each view
 * @param hugeByteSize bytes of the same ranges that the kernel maps by 2 MiB entries
 * @param smapsHugeByteSize the same from {@code /proc/self/smaps}, for comparison; -1 if it
 *     could not be read, or the process has more than 1,000 mappings and the other source was enough
 * @param writableAndExecutable mappings inside the heap's reservation that are writable and executable at once
 * @param misplaced mappings inside the heap's reservation whose permissions are not what the heap set
 * @param pmdSplitCount regions found not PMD-mapped that had been, over all audits of this heap; by smaps, all
 *     regions of the VMA in which one is
 */
public record HeapAudit(
        String source,
        int vmaCount,
        List<Region> regions,
        long intendedHugeByteSize,
        long hugeByteSize,
        long smapsHugeByteSize,
        List<String> writableAndExecutable,
        List<String> misplaced,
        long pmdSplitCount) {

    /** Copies the collections, so that an audit never changes. */
    public HeapAudit {
        regions = List.copyOf(regions);
        writableAndExecutable = List.copyOf(writableAndExecutable);
        misplaced = List.copyOf(misplaced);
    }

    /**
     * {@return whether nothing is writable and executable at once, and every permission is what the heap set} This
     * holds at all times on every write path; on IN_PLACE also while batches are open and regions are split.
     */
    public boolean isSafe() {
        return writableAndExecutable.isEmpty() && misplaced.isEmpty();
    }

    /**
     * {@return whether every region of a huge backing is mapped huge in all views} On IN_PLACE, a region that has both
     * published and writable pages is split, and stays so until it is healed; on the other paths no region is.
     */
    public boolean isHuge() {
        // By region: a small region that the kernel made huge by itself must not make up for one that was split.
        return regions.stream().allMatch(Region::isAsIntended);
    }

    /** {@return whether the memory {@linkplain #isSafe is safe} and {@linkplain #isHuge huge}} */
    public boolean isClean() {
        return isSafe() && isHuge();
    }

    /**
     * One committed region.
     *
     * @param domain what its zone is for
     * @param index its place in the zone
     * @param backing where its memory comes from
     * @param views the views in which it is mapped: two for code on ALIAS, otherwise one
     * @param hugeViews those in which the kernel maps it by one 2 MiB entry
     */
    public record Region(Domain domain, int index, Backing backing, Set<Access> views, Set<Access> hugeViews) {

        /** Copies the sets, so that an audit never changes. */
        public Region {
            views = Set.copyOf(views);
            hugeViews = Set.copyOf(hugeViews);
        }

        /** {@return whether the kernel maps the region by one 2 MiB entry in every view} */
        public boolean isHuge() {
            return hugeViews.containsAll(views);
        }

        /** {@return whether the kernel maps every view as the backing intends} */
        public boolean isAsIntended() {
            return !backing.isHuge() || isHuge();
        }
    }
}
