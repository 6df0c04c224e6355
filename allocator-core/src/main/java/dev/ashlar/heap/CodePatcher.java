package dev.ashlar.heap;

import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.CoreBarrier;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Replaces bytes of code that other threads may be running: one atomic store of the aligned word that holds them,
 * through the writable view, then a barrier on every core. docs/patching.md says why that is enough. Thread-safe.
 */
public final class CodePatcher {
    private static final VarHandle WORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final int WORD_BYTE_SIZE = Long.BYTES;

    private final Space space;
    private final WritePath path;
    private final CoreBarrier barrier;

    CodePatcher(Space space, WritePath path, SystemCalls calls) {
        this.space = space;
        this.path = path;
        this.barrier = new CoreBarrier(calls);
    }

    /** {@return whether the path and the kernel allow patches} */
    boolean isServed() {
        return !space.isStaged() && barrier.prepare() == null;
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
    public void patch(long start, long usableByteSize, long offset, long value, int byteSize) {
        // The other paths have no view through which one store could reach published code.
        if (space.isStaged()) {
            throw WritePathException.notServed("patch", path, space.zone().refusedPaths(), WritePath.ALIAS);
        }
        Arguments.requirePatch(start, usableByteSize, offset, value, byteSize);
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
                throw UnsupportedHostException.notPatched(refusal);
            }
        } catch (IllegalStateException e) {
            throw space.closedOr(e);
        }
    }

    /**
     * Replaces the bits under a mask, and keeps what other threads write to the bits beside it.
     *
     * @return the bits that were there
     */
    private long replace(long word, long mask, long bits) {
        MemorySegment memory = space.zone().writable();
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

    /** Undoes a change, unless another thread has changed the same bytes since. */
    private void putBack(long word, long mask, long bits, long before) {
        MemorySegment memory = space.zone().writable();
        long found = (long) WORD.getVolatile(memory, word);
        while ((found & mask) == bits) {
            long witness = (long) WORD.compareAndExchange(memory, word, found, (found & ~mask) | before);
            if (witness == found) {
                return;
            }
            found = witness;
        }
    }

    private static void requireBarrier(@Nullable Refusal refusal) {
        if (refusal != null) {
            throw UnsupportedHostException.notPatched(refusal);
        }
    }
}
