package dev.ashlar.report;

import dev.ashlar.memory.Domain;

/**
 * What one zone of a heap keeps at one moment, and why a trim does not give it back.
 *
 * <p>All figures count physical memory once. The figures of the process in {@code /proc/self/status} (RssShmem) count a
 * page twice if the zone has two views, as code and read-only data have on the write path ALIAS.
 *
 * @param domain what the zone is for
 * @param committedByteSize bytes of committed regions
 * @param liveByteSize bytes occupied by live blocks
 * @param emptyRegionByteSize bytes of regions without a block: kept ready until a trim
 * @param freePageByteSize bytes of free pages that have memory, in regions in which blocks live
 * @param discardedByteSize bytes of free pages that a trim gave back while their region was in use
 * @param reason what becomes of {@code freePageByteSize}
 */
public record Retention(
        Domain domain,
        long committedByteSize,
        long liveByteSize,
        long emptyRegionByteSize,
        long freePageByteSize,
        long discardedByteSize,
        String reason) {

    /** {@return bytes of physical memory that the zone holds} */
    public long heldByteSize() {
        return committedByteSize - discardedByteSize;
    }

    /** {@return bytes beside live blocks in pages that hold blocks, or that a size class or a thread keeps ready} */
    public long partialPageByteSize() {
        return heldByteSize() - liveByteSize - emptyRegionByteSize - freePageByteSize;
    }
}
