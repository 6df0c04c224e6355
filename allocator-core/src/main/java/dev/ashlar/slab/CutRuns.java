package dev.ashlar.slab;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slabs and packed runs of a store by number. A number is given once; the objects are reused. Runs are added under
 * the lock of the space and read by any thread.
 */
final class CutRuns {
    /** Replaced by a longer copy when it is full; an entry never changes. */
    private volatile @Nullable CutRun[] byNumber = new CutRun[16];

    private int count;
    private long metadataByteSize;

    /** {@return the number that the next run must have} */
    int nextNumber() {
        return count;
    }

    /** Makes room for one more run, so that adding it cannot fail. */
    void reserve() {
        if (count == byNumber.length) {
            byNumber = Arrays.copyOf(byNumber, 2 * count);
        }
    }

    void add(CutRun run) {
        assert run.number == count : "number=" + run.number + " count=" + count;
        reserve();
        @Nullable CutRun[] table = byNumber;
        long more = run.metadataByteSize();
        table[count++] = run;
        // Publishes the entry, even if the array is the same.
        byNumber = table;
        metadataByteSize += more;
    }

    /** {@return the run with this number, or null if there is none} */
    @Nullable CutRun get(int number) {
        // One read: another thread may be adding.
        @Nullable CutRun[] runs = byNumber;
        return number < runs.length ? runs[number] : null;
    }

    /** {@return the run with this number; pre: there is one} */
    @SuppressWarnings("NullAway")
    CutRun at(int number) {
        return byNumber[number];
    }

    int count() {
        return count;
    }

    long metadataByteSize() {
        return metadataByteSize + 16 + 4L * byNumber.length;
    }
}
