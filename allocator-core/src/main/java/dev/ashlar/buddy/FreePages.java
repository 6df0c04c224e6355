package dev.ashlar.buddy;

import dev.ashlar.region.Pages;
import java.util.Arrays;

/**
 * The free pages of one region, one bit per page, and their longest stretch.
 *
 * <p>A <em>stretch</em> is a maximal row of free pages. The longest is maintained, not searched for: freeing can only
 * make the stretch around the freed pages the longest, and taking changes it only if it takes pages of a longest one.
 * Not thread-safe.
 */
final class FreePages {
    static final int PAGE_COUNT = Pages.PER_REGION;

    private static final int WORD_COUNT = PAGE_COUNT / Long.SIZE;
    /** Estimate of this object in the Java heap: two headers, the words, the fields. */
    static final int METADATA_BYTE_SIZE = 16 + 16 + WORD_COUNT * Long.BYTES + 24;

    private final long[] words = new long[WORD_COUNT];
    int count = PAGE_COUNT;
    int longest = PAGE_COUNT;
    int leading = PAGE_COUNT;
    int trailing = PAGE_COUNT;

    /** Creates a region with all pages free. */
    FreePages() {
        Arrays.fill(words, -1L);
    }

    /** {@return free pages} */
    int count() {
        return count;
    }

    /** {@return pages of the longest stretch, 0 to 512} */
    int longest() {
        return longest;
    }

    /** {@return free pages at the start of the region} */
    int leading() {
        return leading;
    }

    /** {@return free pages at the end of the region} */
    int trailing() {
        return trailing;
    }

    /** Takes pages that are all free. */
    void take(int firstPage, int pageCount) {
        int end = firstPage + pageCount;
        int stretchStart = startOfStretch(firstPage);
        int stretchEnd = endOfStretch(end);
        flip(firstPage, end);
        count -= pageCount;
        int before = firstPage - stretchStart;
        int after = stretchEnd - end;
        if (stretchStart == 0) {
            leading = before;
        }
        if (stretchEnd == PAGE_COUNT) {
            trailing = after;
        }
        if (stretchEnd - stretchStart == longest) {
            int longer = Math.max(before, after);
            int elsewhere = count - before - after;
            longest = elsewhere <= longer ? longer : searchLongest(longest);
        }
    }

    /** Frees pages that are all taken. */
    void free(int firstPage, int pageCount) {
        int end = firstPage + pageCount;
        flip(firstPage, end);
        count += pageCount;
        int stretchStart = startOfStretch(firstPage);
        int stretchEnd = endOfStretch(end);
        int length = stretchEnd - stretchStart;
        longest = Math.max(longest, length);
        if (stretchStart == 0) {
            leading = length;
        }
        if (stretchEnd == PAGE_COUNT) {
            trailing = length;
        }
    }

    private void flip(int from, int to) {
        int first = from >> 6;
        int last = (to - 1) >> 6;
        long firstMask = -1L << from;
        long lastMask = -1L >>> -to;
        if (first == last) {
            words[first] ^= firstMask & lastMask;
            return;
        }
        words[first] ^= firstMask;
        for (int word = first + 1; word < last; word++) {
            words[word] = ~words[word];
        }
        words[last] ^= lastMask;
    }

    /** {@return the first page from {@code page} on that is free, or 512} */
    int nextFree(int page) {
        for (int at = page; at < PAGE_COUNT; at = (at | (Long.SIZE - 1)) + 1) {
            long free = words[at >> 6] & (-1L << at);
            if (free != 0) {
                return (at & -Long.SIZE) + Long.numberOfTrailingZeros(free);
            }
        }
        return PAGE_COUNT;
    }

    /** {@return the first page from {@code page} on that is taken, or 512} */
    int endOfStretch(int page) {
        if (page == PAGE_COUNT) {
            return PAGE_COUNT;
        }
        int word = page >> 6;
        long taken = ~words[word] & (-1L << page);
        while (taken == 0) {
            if (++word == WORD_COUNT) {
                return PAGE_COUNT;
            }
            taken = ~words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(taken);
    }

    /** {@return the lowest page from which all pages up to but not including {@code page} are free} */
    int startOfStretch(int page) {
        if (page == 0) {
            return 0;
        }
        int word = (page - 1) >> 6;
        long taken = ~words[word] & (-1L >>> -page);
        while (taken == 0) {
            if (--word < 0) {
                return 0;
            }
            taken = ~words[word];
        }
        return (word << 6) + Long.SIZE - Long.numberOfLeadingZeros(taken);
    }

    /** {@return the first page from {@code page} on that is free, or 512} */
    int startOfNextStretch(int page) {
        if (page == PAGE_COUNT) {
            return PAGE_COUNT;
        }
        int word = page >> 6;
        long free = words[word] & (-1L << page);
        while (free == 0) {
            if (++word == WORD_COUNT) {
                return PAGE_COUNT;
            }
            free = words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(free);
    }

    /**
     * Finds the shortest stretch that holds {@code pageCount} pages from a multiple of {@code 2^log2Alignment} on;
     * among equals the lowest.
     *
     * @return the first of these pages, or -1 if there is none
     */
    int bestFit(int pageCount, int log2Alignment) {
        int best = -1;
        int bestLength = PAGE_COUNT + 1;
        int start = startOfNextStretch(0);
        while (start < PAGE_COUNT) {
            int end = endOfStretch(start);
            int first = alignUp(start, log2Alignment);
            if (end - start < bestLength && first + pageCount <= end) {
                best = first;
                bestLength = end - start;
                if (bestLength == pageCount) {
                    return best;
                }
            }
            start = startOfNextStretch(end);
        }
        return best;
    }

    static int alignUp(int page, int log2Alignment) {
        return ((page + (1 << log2Alignment) - 1) >> log2Alignment) << log2Alignment;
    }

    /** Pre: no stretch is longer than {@code most}. */
    private int searchLongest(int most) {
        int found = 0;
        int reaching = 0;
        for (int index = 0; index < WORD_COUNT && found < most; index++) {
            long word = words[index];
            if (word == -1L) {
                reaching += Long.SIZE;
                continue;
            }
            found = Math.max(found, reaching + Long.numberOfTrailingZeros(~word));
            reaching = Long.numberOfLeadingZeros(~word);
            found = longestWithin(word, Math.max(found, reaching));
        }
        return Math.max(found, reaching);
    }

    /** {@return the length of the longest row of ones in {@code word}, but at least {@code found}} */
    private static int longestWithin(long word, int found) {
        if (Long.bitCount(word) <= found) {
            return found;
        }
        // Each step leaves only ones that begin a row of "length" ones. Double the length while rows survive.
        long rows = word;
        int length = 1;
        while (length <= found) {
            int step = Math.min(length, found + 1 - length);
            rows &= rows >>> step;
            length += step;
        }
        int longest = found;
        for (; rows != 0; rows &= rows >>> 1) {
            longest++;
        }
        return longest;
    }

    boolean isFree(int page) {
        return ((words[page >> 6] >>> page) & 1) != 0;
    }

    boolean isAllFree(int firstPage, int pageCount) {
        return endOfStretch(firstPage) >= firstPage + pageCount;
    }

    boolean isAllTaken(int firstPage, int pageCount) {
        return startOfNextStretch(firstPage) >= firstPage + pageCount;
    }

    /** Checks the maintained values against the bits. */
    void checkInvariants() {
        int pages = 0;
        int counted = 0;
        for (int start = startOfNextStretch(0); start < PAGE_COUNT; start = startOfNextStretch(endOfStretch(start))) {
            int length = endOfStretch(start) - start;
            pages += length;
            counted = Math.max(counted, length);
        }
        int[] found = {pages, counted, endOfStretch(0), PAGE_COUNT - startOfStretch(PAGE_COUNT)};
        int[] kept = {count, longest, leading, trailing};
        if (!Arrays.equals(found, kept)) {
            throw new IllegalStateException("free pages corrupted: found " + Arrays.toString(found) + " kept "
                    + Arrays.toString(kept));
        }
    }
}
