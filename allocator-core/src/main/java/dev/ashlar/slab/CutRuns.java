package dev.ashlar.slab;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The slabs and packed runs of a store by number; numbers are given once, objects are used again. */
final class CutRuns {
    private @Nullable CutRun[] byNumber = new CutRun[16];
    private int count;
    private long metadataByteSize;

    /** {@return the number that the next object added must carry} */
    int nextNumber() {
        return count;
    }

    void add(CutRun run) {
        assert run.number == count : "number=" + run.number + " count=" + count;
        if (count == byNumber.length) {
            byNumber = Arrays.copyOf(byNumber, 2 * count);
        }
        byNumber[count++] = run;
        metadataByteSize += run.metadataByteSize();
    }

    /** {@return the object with this number, or null where none has it} */
    @Nullable CutRun get(int number) {
        return number < count ? byNumber[number] : null;
    }

    int count() {
        return count;
    }

    long metadataByteSize() {
        return metadataByteSize + 16 + 4L * byNumber.length;
    }
}
