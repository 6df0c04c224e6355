package dev.ashlar.slab;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slabs and packed runs of a store by number; numbers are given once, objects are used again. Added to
 * under the lock of the space, read by anybody.
 */
final class CutRuns {
    /** Replaced by a longer copy when it is full; an entry never changes once it is there. */
    private volatile @Nullable CutRun[] byNumber = new CutRun[16];

    private int count;
    private long metadataByteSize;

    /** {@return the number that the next object added must carry} */
    int nextNumber() {
        return count;
    }

    /** Has room for one more, so that adding it cannot fail. */
    void reserve() {
        if (count == byNumber.length) {
            byNumber = Arrays.copyOf(byNumber, 2 * count);
        }
    }

    void add(CutRun run) {
        assert run.number == count : "number=" + run.number + " count=" + count;
        reserve();
        @Nullable CutRun[] table = byNumber;
        table[count++] = run;
        // Also where it is the same array: publishes the entry.
        byNumber = table;
        metadataByteSize += run.metadataByteSize();
    }

    /** {@return the object with this number, or null where none has it} */
    @Nullable CutRun get(int number) {
        // One read: another thread may be adding.
        @Nullable CutRun[] runs = byNumber;
        return number < runs.length ? runs[number] : null;
    }

    /** {@return the object with this number} Pre: there is one. */
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
