package dev.ashlar.buddy;

/**
 * The buddy bitmaps of one region: 512 pages, orders 0 (one page) to 9 (the whole region).
 *
 * <p>Blocks are the nodes of a binary tree in heap order: the region is node 1, the children of node {@code n} are
 * {@code 2n} and {@code 2n + 1}, its buddy is {@code n ^ 1}, and page {@code p} alone is node {@code 512 + p}. One bit
 * a node says "this block is free and not part of a larger free block", so the whole state is 1024 bits and a split or
 * a merge flips a handful of them. Nothing is stored in the pages.
 *
 * <p>Invariants: see {@link #checkInvariants()}. Not thread-safe.
 */
final class Buddy {
    static final int MAX_ORDER = 9;
    static final int PAGE_COUNT = 1 << MAX_ORDER;

    private static final int WORD_COUNT = 2 * PAGE_COUNT / Long.SIZE;
    /** Estimate of this object in the Java heap: two headers, the words, the counts, the fields. */
    static final int METADATA_BYTE_SIZE = 16 + 16 + WORD_COUNT * Long.BYTES + 16 + (MAX_ORDER + 1) * Short.BYTES + 24;

    private final long[] freeNodes = new long[WORD_COUNT];
    private final short[] freeCountByOrder = new short[MAX_ORDER + 1];
    /** Bit {@code k} is set where a free block of order {@code k} exists. */
    private int freeOrders;

    private int freePageCount;

    /** A region with every page free. */
    Buddy() {
        addFree(1, MAX_ORDER);
        freePageCount = PAGE_COUNT;
    }

    /** {@return the order of the smallest block that holds {@code pageCount} pages} */
    static int orderOf(int pageCount) {
        assert pageCount >= 1 && pageCount <= PAGE_COUNT : "pageCount=" + pageCount;
        return Integer.SIZE - Integer.numberOfLeadingZeros(pageCount - 1);
    }

    int freePageCount() {
        return freePageCount;
    }

    boolean isEmpty() {
        return freePageCount == PAGE_COUNT;
    }

    /** {@return the largest order with a free block, or -1 where the region is full} */
    int largestFreeOrder() {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(freeOrders);
    }

    int freeCount(int order) {
        return freeCountByOrder[order];
    }

    /**
     * Takes {@code pageCount} pages out of a free block of at least {@code 2^minimumOrder} pages, whose start is so
     * aligned, and frees what is left of it at once.
     *
     * @return the first page, or -1 where no free block is large enough
     */
    int allocate(int pageCount, int minimumOrder) {
        int order = Math.max(orderOf(pageCount), minimumOrder);
        int sufficient = (freeOrders >>> order) << order;
        if (sufficient == 0) {
            return -1;
        }
        int found = Integer.numberOfTrailingZeros(sufficient);
        int node = firstFreeNode(found);
        removeFree(node, found);
        for (; found > order; found--) {
            node <<= 1;
            addFree(node + 1, found - 1);
        }
        int firstPage = (node - (PAGE_COUNT >> order)) << order;
        freePageCount -= 1 << order;
        free(firstPage + pageCount, (1 << order) - pageCount);
        return firstPage;
    }

    /** Frees pages that were taken; any part of a run, cut where the caller likes. */
    void free(int firstPage, int pageCount) {
        assert firstPage >= 0 && pageCount >= 0 && firstPage + pageCount <= PAGE_COUNT
                : "firstPage=" + firstPage + " pageCount=" + pageCount;
        assert isTaken(firstPage, pageCount) : "free already: firstPage=" + firstPage + " pageCount=" + pageCount;
        int page = firstPage;
        int left = pageCount;
        while (left > 0) {
            int largestFitting = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(left);
            int order = Math.min(largestFitting, Integer.numberOfTrailingZeros(page | PAGE_COUNT));
            freeBlock(page, order);
            page += 1 << order;
            left -= 1 << order;
        }
        freePageCount += pageCount;
    }

    private void freeBlock(int firstPage, int firstOrder) {
        int order = firstOrder;
        int node = (PAGE_COUNT + firstPage) >> order;
        while (order < MAX_ORDER && isFree(node ^ 1)) {
            removeFree(node ^ 1, order);
            node >>= 1;
            order++;
        }
        addFree(node, order);
    }

    private boolean isTaken(int firstPage, int pageCount) {
        for (int page = firstPage; page < firstPage + pageCount; page++) {
            if (isInsideFreeBlock(PAGE_COUNT + page)) {
                return false;
            }
        }
        return true;
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
        // The orders 4 to 9 share word 0: a level's own bits are those from firstNode to 2 * firstNode - 1.
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

    /** Throws where the bitmaps and the counts disagree or two free buddies stand unmerged. */
    void checkInvariants() {
        int pages = 0;
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
            pages += count << order;
        }
        require(pages == freePageCount, "free pages", pages);
    }

    private static void require(boolean holds, String what, int value) {
        if (!holds) {
            throw new IllegalStateException("buddy corrupted: " + what + ": " + value);
        }
    }
}
