package dev.ashlar.buddy;

import dev.ashlar.region.Pages;

/**
 * The buddy bitmaps of one region: 512 pages, orders 0 (one page) to 9 (the whole region).
 *
 * <p>Blocks are the nodes of a binary tree in heap order: the region is node 1, the children of node {@code n} are
 * {@code 2n} and {@code 2n + 1}, its buddy is {@code n ^ 1}, and page {@code p} alone is node {@code 512 + p}. One bit
 * per node says "this block is free and not part of a larger free block", so the whole state is 1024 bits and a split
 * or a merge flips a few of them. Nothing is stored in the pages.
 *
 * <p>Runs of a power of two come from these blocks. Runs of other lengths, and those that fit no block, go to the
 * shortest sufficient stretch of {@link FreePages}, whatever blocks it consists of; these are split, and the rest of
 * them stays free.
 *
 * <p>Invariants: see {@link #checkInvariants()}. Not thread-safe.
 */
final class Buddy {
    static final int MAX_ORDER = Pages.LOG2_PER_REGION;
    static final int PAGE_COUNT = 1 << MAX_ORDER;

    private static final int WORD_COUNT = 2 * PAGE_COUNT / Long.SIZE;
    /** Estimate of this object in the Java heap: two headers, the words, the counts, the fields, the free pages. */
    static final int METADATA_BYTE_SIZE = 16 + 16 + WORD_COUNT * Long.BYTES + 16 + (MAX_ORDER + 1) * Short.BYTES + 24
            + FreePages.METADATA_BYTE_SIZE;

    final long[] freeNodes = new long[WORD_COUNT];
    final short[] freeCountByOrder = new short[MAX_ORDER + 1];
    /** Bit {@code k} is set if a free block of order {@code k} exists. */
    int freeOrders;

    final FreePages pages = new FreePages();

    /** Creates a region with every page free. */
    Buddy() {
        addFree(1, MAX_ORDER);
    }

    /** {@return the order of the smallest block that holds {@code pageCount} pages} */
    static int orderOf(int pageCount) {
        assert pageCount >= 1 && pageCount <= PAGE_COUNT : "pageCount=" + pageCount;
        return Integer.SIZE - Integer.numberOfLeadingZeros(pageCount - 1);
    }

    int freePageCount() {
        return pages.count();
    }

    boolean isEmpty() {
        return pages.count() == PAGE_COUNT;
    }

    int freeCount(int order) {
        return freeCountByOrder[order];
    }

    /** {@return pages of the longest stretch} */
    int longestFreeStretch() {
        return pages.longest();
    }

    /** {@return free pages at the start of the region} */
    int leadingFree() {
        return pages.leading();
    }

    /** {@return free pages at the end of the region} */
    int trailingFree() {
        return pages.trailing();
    }

    /**
     * Finds a place for a run and takes nothing.
     *
     * @return the first of {@code pageCount} free pages, a multiple of {@code 2^log2Alignment}, or -1 if there is no
     *     room
     */
    int find(int pageCount, int log2Alignment) {
        if (Integer.bitCount(pageCount) == 1) {
            int order = Math.max(orderOf(pageCount), log2Alignment);
            int sufficient = (freeOrders >>> order) << order;
            if (sufficient != 0) {
                int found = Integer.numberOfTrailingZeros(sufficient);
                return (firstFreeNode(found) << found) - PAGE_COUNT;
            }
        }
        return pages.bestFit(pageCount, log2Alignment);
    }

    /**
     * Works as {@link #find}, but returns the start of a shortest sufficient stretch, whatever blocks it consists of.
     */
    int findLowest(int pageCount, int log2Alignment) {
        return pages.bestFit(pageCount, log2Alignment);
    }

    /** {@return how many consecutive pages are free from a page on} */
    int freeFrom(int page) {
        return pages.endOfStretch(page) - page;
    }

    /** Takes pages that are all free: any part of a stretch. */
    void take(int firstPage, int pageCount) {
        assert pageCount > 0 && pages.isAllFree(firstPage, pageCount)
                : "not free: firstPage=" + firstPage + " pageCount=" + pageCount;
        pages.take(firstPage, pageCount);
        int end = firstPage + pageCount;
        int page = firstPage;
        while (page < end) {
            int order = 0;
            int node = PAGE_COUNT + page;
            while (!isFree(node)) {
                node >>= 1;
                order++;
            }
            removeFree(node, order);
            int blockStart = (node << order) - PAGE_COUNT;
            int blockEnd = blockStart + (1 << order);
            addBlocks(blockStart, page);
            addBlocks(Math.min(end, blockEnd), blockEnd);
            page = blockEnd;
        }
    }

    /** Frees pages that are taken: any part of a run. */
    void free(int firstPage, int pageCount) {
        assert firstPage >= 0 && pageCount >= 0 && firstPage + pageCount <= PAGE_COUNT
                : "firstPage=" + firstPage + " pageCount=" + pageCount;
        assert pages.isAllTaken(firstPage, pageCount)
                : "free already: firstPage=" + firstPage + " pageCount=" + pageCount;
        if (pageCount > 0) {
            pages.free(firstPage, pageCount);
            addBlocks(firstPage, firstPage + pageCount);
        }
    }

    /** Adds the pages as the largest possible aligned blocks, and merges each with its buddy as far as possible. */
    private void addBlocks(int from, int to) {
        int page = from;
        while (page < to) {
            int largestFitting = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(to - page);
            int order = Math.min(largestFitting, Integer.numberOfTrailingZeros(page | PAGE_COUNT));
            addBlock(page, order);
            page += 1 << order;
        }
    }

    private void addBlock(int firstPage, int firstOrder) {
        int order = firstOrder;
        int node = (PAGE_COUNT + firstPage) >> order;
        while (order < MAX_ORDER && isFree(node ^ 1)) {
            removeFree(node ^ 1, order);
            node >>= 1;
            order++;
        }
        addFree(node, order);
    }

    private boolean isInsideFreeBlock(int node) {
        for (int ancestor = node; ancestor > 0; ancestor >>= 1) {
            if (isFree(ancestor)) {
                return true;
            }
        }
        return false;
    }

    private int firstFreeNode(int order) {
        int firstNode = PAGE_COUNT >> order;
        int word = firstNode >> 6;
        // Orders 4 to 9 share word 0: the bits of a level are those from firstNode to 2 * firstNode - 1.
        long bits = freeNodes[word] & (-1L << firstNode);
        if (firstNode < Long.SIZE) {
            bits &= ((1L << firstNode) << firstNode) - 1;
        }
        while (bits == 0) {
            bits = freeNodes[++word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    private boolean isFree(int node) {
        return ((freeNodes[node >> 6] >>> node) & 1) != 0;
    }

    private void addFree(int node, int order) {
        freeNodes[node >> 6] |= 1L << node;
        if (freeCountByOrder[order]++ == 0) {
            freeOrders |= 1 << order;
        }
    }

    private void removeFree(int node, int order) {
        freeNodes[node >> 6] &= ~(1L << node);
        if (--freeCountByOrder[order] == 0) {
            freeOrders &= ~(1 << order);
        }
    }

    /** Checks that bitmaps and counts agree and that no two free buddies are unmerged. */
    void checkInvariants() {
        pages.checkInvariants();
        for (int page = 0; page < PAGE_COUNT; page++) {
            require(pages.isFree(page) == isInsideFreeBlock(PAGE_COUNT + page), "page", page);
        }
        int counted = 0;
        for (int order = 0; order <= MAX_ORDER; order++) {
            int count = 0;
            for (int node = PAGE_COUNT >> order; node < (2 * PAGE_COUNT) >> order; node++) {
                if (isFree(node)) {
                    count++;
                    require(node == 1 || !isFree(node ^ 1), "free buddies unmerged", node);
                    require(!isInsideFreeBlock(node >> 1), "free block inside a free block", node);
                }
            }
            require(count == freeCountByOrder[order], "free count of an order", order);
            require(count > 0 == (((freeOrders >> order) & 1) != 0), "bit of an order", order);
            counted += count << order;
        }
        require(counted == pages.count(), "free pages", counted);
    }

    private static void require(boolean holds, String what, int value) {
        if (!holds) {
            throw new IllegalStateException("buddy corrupted: " + what + ": " + value);
        }
    }
}
