package dev.ashlar.slab;

import org.jspecify.annotations.Nullable;

/** The slabs of one size class that have a free slot. The first is used until it is full. Not thread-safe. */
final class SlabBin {
    private @Nullable Slab head;

    @Nullable Slab first() {
        return head;
    }

    void add(Slab slab) {
        slab.previous = null;
        slab.next = head;
        if (head != null) {
            head.previous = slab;
        }
        head = slab;
    }

    void remove(Slab slab) {
        CutRun next = slab.next;
        CutRun previous = slab.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            head = (Slab) next;
        }
        slab.next = null;
        slab.previous = null;
    }

    /** {@return whether a slab is the only one in this bin} */
    boolean isOnly(Slab slab) {
        return head == slab && slab.next == null;
    }

    /**
     * {@return the number of slabs in this bin, after checking that they belong here and that the links are right}
     */
    int checkedCount(SlabOwner owner, int sizeClass) {
        int count = 0;
        CutRun previous = null;
        for (Slab slab = head; slab != null; slab = (Slab) slab.next) {
            if (slab.isFull() || slab.pageCount() == 0 || slab.previous != previous) {
                throw new IllegalStateException("slab " + slab.number + " is wrong in its bin: free=" + slab.freeCount()
                        + " pages=" + slab.pageCount());
            }
            if (slab.owner != owner || slab.sizeClass() != sizeClass) {
                throw new IllegalStateException("slab " + slab.number + " of class " + slab.sizeClass()
                        + " is in a bin of class " + sizeClass + ", or of another owner");
            }
            previous = slab;
            count++;
        }
        return count;
    }
}
