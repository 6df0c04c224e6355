package dev.ashlar.buddy;

import java.util.Arrays;

/** A region told page by page, as slowly and as plainly as can be: what {@link Buddy} must agree with. */
final class PageModel {
    private final boolean[] used = new boolean[Buddy.PAGE_COUNT];

    void take(int firstPage, int pageCount) {
        for (int page = firstPage; page < firstPage + pageCount; page++) {
            if (used[page]) {
                throw new AssertionError("page " + page + " is handed out twice");
            }
            used[page] = true;
        }
    }

    void free(int firstPage, int pageCount) {
        Arrays.fill(used, firstPage, firstPage + pageCount, false);
    }

    boolean isUsed(int page) {
        return used[page];
    }

    int freePageCount() {
        int count = 0;
        for (boolean page : used) {
            count += page ? 0 : 1;
        }
        return count;
    }

    /** {@return free aligned blocks of an order that no larger free aligned block contains} */
    int freeCount(int order) {
        int count = 0;
        for (int page = 0; page < used.length; page += 1 << order) {
            count += isMaximal(page, order) ? 1 : 0;
        }
        return count;
    }

    int largestFreeOrder() {
        for (int order = Buddy.MAX_ORDER; order >= 0; order--) {
            if (freeCount(order) > 0) {
                return order;
            }
        }
        return -1;
    }

    /** {@return the start of the lowest of the smallest maximal free blocks of at least {@code order}, or -1} */
    int bestBlock(int order) {
        for (int sufficient = order; sufficient <= Buddy.MAX_ORDER; sufficient++) {
            for (int page = 0; page < used.length; page += 1 << sufficient) {
                if (isMaximal(page, sufficient)) {
                    return page;
                }
            }
        }
        return -1;
    }

    private boolean isMaximal(int page, int order) {
        int parent = page & -(2 << order);
        return isFree(page, order) && (order == Buddy.MAX_ORDER || !isFree(parent, order + 1));
    }

    private boolean isFree(int firstPage, int order) {
        for (int page = firstPage; page < firstPage + (1 << order); page++) {
            if (used[page]) {
                return false;
            }
        }
        return true;
    }
}
