package dev.ashlar;

import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.CoreBarrier;
import dev.ashlar.report.WritePathException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Replaces bytes of code that other threads may be running: one atomic store of the aligned word they lie in, through
 * the writable view, then a barrier on every core. Why that is enough is in docs/patching.md. Thread-safe.
 */
final class CodePatcher {
    private static final VarHandle WORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final int WORD_BYTE_SIZE = Long.BYTES;

    private final HeapSpace space;
    private final WritePath path;
    private final CoreBarrier barrier;

    CodePatcher(HeapZones zones) {
        this.space = zones.first();
        this.path = zones.path();
        this.barrier = new CoreBarrier(zones.calls());
    }

    /**
     * Replaces bytes of a block that stays live meanwhile.
     *
     * @param start the block's offset in the zone
     * @param usableByteSize bytes of the block
     * @param offset where in the block to start
     * @param value its lowest bytes are what to put there
     * @param byteSize bytes to replace
     */
    void patch(long start, long usableByteSize, long offset, long value, int byteSize) {
        requireAlias();
        requireOneWord(start, usableByteSize, offset, byteSize);
        requireFits(value, byteSize);
        requireBarrier(barrier.prepare());
        long at = start + offset;
        long word = at & -WORD_BYTE_SIZE;
        int shift = (int) (at - word) * Byte.SIZE;
        long mask = (-1L >>> ((WORD_BYTE_SIZE - byteSize) * Byte.SIZE)) << shift;
        long bits = (value << shift) & mask;
        try {
            long before = replace(word, mask, bits);
            Refusal refusal = barrier.await();
            if (refusal != null) {
                putBack(word, mask, bits, before);
                throw HeapErrors.notPatched(refusal);
            }
        } catch (IllegalStateException e) {
            throw space.closedOr(e);
        }
    }

    /** Replaces the bits under a mask; those beside it stay whoever changes them. @return what was there */
    private long replace(long word, long mask, long bits) {
        MemorySegment memory = space.zone.writable();
        long found = (long) WORD.getVolatile(memory, word);
        while (true) {
            long next = (found & ~mask) | bits;
            long witness = (long) WORD.compareAndExchange(memory, word, found, next);
            if (witness == found) {
                return found & mask;
            }
            found = witness;
        }
    }

    /** Undoes a change, unless somebody has changed the same bytes since. */
    private void putBack(long word, long mask, long bits, long before) {
        MemorySegment memory = space.zone.writable();
        long found = (long) WORD.getVolatile(memory, word);
        while ((found & mask) == bits) {
            long witness = (long) WORD.compareAndExchange(memory, word, found, (found & ~mask) | before);
            if (witness == found) {
                return;
            }
            found = witness;
        }
    }

    /** The other paths have no view through which one store could reach published code. */
    private void requireAlias() {
        if (path != WritePath.ALIAS) {
            throw WritePathException.notServed("patch", path, WritePath.ALIAS);
        }
    }

    private static void requireOneWord(long start, long usableByteSize, long offset, int byteSize) {
        if (byteSize < 1 || byteSize > WORD_BYTE_SIZE) {
            throw HeapErrors.patchSize(byteSize, WORD_BYTE_SIZE);
        }
        if (offset < 0 || offset > usableByteSize - byteSize) {
            throw HeapErrors.range(offset, byteSize, usableByteSize);
        }
        // The zone starts at a region, so that offset and address are aligned alike.
        long inWord = (start + offset) & (WORD_BYTE_SIZE - 1);
        if (inWord + byteSize > WORD_BYTE_SIZE) {
            throw HeapErrors.patchCrosses(offset, byteSize, inWord);
        }
    }

    /** A value may be meant as signed or as unsigned. */
    private static void requireFits(long value, int byteSize) {
        int bitCount = byteSize * Byte.SIZE;
        if (byteSize < WORD_BYTE_SIZE && value >>> bitCount != 0 && value >> (bitCount - 1) != -1) {
            throw HeapErrors.patchValue(value, byteSize);
        }
    }

    private static void requireBarrier(@Nullable Refusal refusal) {
        if (refusal != null) {
            throw HeapErrors.notPatched(refusal);
        }
    }
}
