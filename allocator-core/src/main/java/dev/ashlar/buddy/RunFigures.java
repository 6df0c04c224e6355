package dev.ashlar.buddy;

import org.jspecify.annotations.Nullable;

/** The free memory of committed regions, for reports and errors. Linear in their number. Not thread-safe. */
public final class RunFigures {
    private final @Nullable Buddy[] buddies;

    RunFigures(@Nullable Buddy[] buddies) {
        this.buddies = buddies;
    }

    /** {@return free blocks of an order over all committed regions} */
    public long freeCount(int order) {
        long count = 0;
        for (Buddy buddy : buddies) {
            count += buddy == null ? 0 : buddy.freeCount(order);
        }
        return count;
    }

    /** {@return pages of the longest run that fits without committing another region} */
    public int largestFreePageCount() {
        int largest = 0;
        int reaching = 0;
        for (Buddy buddy : buddies) {
            if (buddy == null) {
                reaching = 0;
                continue;
            }
            largest = Math.max(largest, buddy.longestFreeStretch());
            int crossing = reaching + buddy.leadingFree();
            if (crossing > Boundaries.LARGEST_INSIDE) {
                largest = Math.max(largest, crossing);
            }
            reaching = buddy.isEmpty() ? crossing : buddy.trailingFree();
        }
        return largest;
    }
}
