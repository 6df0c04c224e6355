package dev.ashlar.buddy;

import java.util.Arrays;

/** A slow and simple model of every page of a region. {@link Buddy} must agree with it. */
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

    /** {@return the lengths of all stretches of free pages, by their first page; 0 elsewhere} */
    private int[] stretches() {
        int[] lengths = new int[used.length];
        int start = 0;
        for (int page = 0; page < used.length; page++) {
            if (used[page]) {
                start = page + 1;
            } else {
                lengths[start]++;
            }
        }
        return lengths;
    }

    int longestStretch() {
        return Arrays.stream(stretches()).max().getAsInt();
    }

    int leading() {
        return stretches()[0];
    }

    int trailing() {
        int count = 0;
        while (count < used.length && !used[used.length - 1 - count]) {
            count++;
        }
        return count;
    }

    /** {@return the lowest aligned place for the pages in the shortest sufficient stretch, or -1} */
    int bestFit(int pageCount, int log2Alignment) {
        int[] lengths = stretches();
        int best = -1;
        int bestLength = used.length + 1;
        for (int start = 0; start < used.length; start++) {
            int first = start;
            while (first % (1 << log2Alignment) != 0) {
                first++;
            }
            if (first + pageCount <= start + lengths[start] && lengths[start] < bestLength) {
                best = first;
                bestLength = lengths[start];
            }
        }
        return best;
    }

    /** {@return the place of a run: for a power of two a block if there is one, otherwise the best fit} */
    int place(int pageCount, int log2Alignment) {
        int block = Integer.bitCount(pageCount) == 1
                ? bestBlock(Math.max(Integer.numberOfTrailingZeros(pageCount), log2Alignment))
                : -1;
        return block >= 0 ? block : bestFit(pageCount, log2Alignment);
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
