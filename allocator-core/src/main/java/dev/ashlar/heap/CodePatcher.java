package dev.ashlar.heap;

import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.CoreBarrier;
import dev.ashlar.report.NotReachableException;
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

    // The instructions of x86-64 that end with a rel32.
    private static final int CALL = 0xe8;
    private static final int JUMP = 0xe9;
    private static final int TWO_BYTE_OPCODE = 0x0f;
    private static final int JUMP_IF = 0x80;
    private static final int CONDITION_MASK = 0xf;

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
     * @return true
     */
    public boolean patch(long start, long usableByteSize, long offset, long value, int byteSize) {
        requireServed("patch");
        Arguments.requirePatch(space, start, usableByteSize, offset, byteSize);
        Arguments.requireFits("value", value, byteSize);
        return replace(start + offset, byteSize, value, false, 0);
    }

    /**
     * Replaces bytes of a block that stays live meanwhile, if they are as expected.
     *
     * @param start the block's offset in the zone
     * @param usableByteSize bytes of the block
     * @param offset where in the block to start
     * @param expected its lowest bytes are what must be there
     * @param value its lowest bytes are what to put there
     * @param byteSize bytes to replace
     * @return whether they were as expected
     */
    public boolean compareAndPatch(
            long start, long usableByteSize, long offset, long expected, long value, int byteSize) {
        requireServed("compareAndPatch");
        Arguments.requirePatch(space, start, usableByteSize, offset, byteSize);
        Arguments.requireFits("expected", expected, byteSize);
        Arguments.requireFits("value", value, byteSize);
        return replace(start + offset, byteSize, value, true, expected);
    }

    /**
     * Leads a call or a jump in a block that stays live meanwhile to another target.
     *
     * @param start the block's offset in the zone
     * @param usableByteSize bytes of the block
     * @param offset where in the block the instruction starts
     * @param target the address to lead to
     * @return true
     */
    public boolean patchCall(long start, long usableByteSize, long offset, long target) {
        requireServed("patchCall");
        long field = offset + opcodeByteSize(start, usableByteSize, offset);
        long instructionEnd = space.base() + start + field + Integer.BYTES;
        long distance = target - instructionEnd;
        if (distance != (int) distance) {
            throw NotReachableException.rel32("patchCall()", instructionEnd, target);
        }
        Arguments.requirePatch(space, start, usableByteSize, field, Integer.BYTES);
        return replace(start + field, Integer.BYTES, distance, false, 0);
    }

    /** {@return the bytes before the rel32 of a call or a jump} */
    private int opcodeByteSize(long start, long usableByteSize, long offset) {
        Arguments.requireRange(space, start, offset, 1 + Integer.BYTES, usableByteSize);
        try {
            MemorySegment code = space.zone().writable();
            int first = Byte.toUnsignedInt(code.get(ValueLayout.JAVA_BYTE, start + offset));
            int second = Byte.toUnsignedInt(code.get(ValueLayout.JAVA_BYTE, start + offset + 1));
            if (first == CALL || first == JUMP) {
                return 1;
            }
            if (first == TWO_BYTE_OPCODE && (second & ~CONDITION_MASK) == JUMP_IF) {
                return 2;
            }
            throw new IllegalArgumentException("no call or jump with a rel32 at this offset: offset=" + offset
                    + ", found=%02x %02x, allowed=e8, e9, 0f 80 to 0f 8f".formatted(first, second));
        } catch (IllegalStateException e) {
            throw space.closedOr(e);
        }
    }

    private void requireServed(String action) {
        // The other paths have no view through which one store could reach published code.
        if (space.isStaged()) {
            throw WritePathException.notServed(action, path, space.zone().refusedPaths(), WritePath.ALIAS);
        }
    }

    /** Replaces bytes of one word: always, or if they are as expected. Returns whether it did. */
    private boolean replace(long at, int byteSize, long value, boolean isConditional, long expected) {
        requireBarrier(barrier.prepare());
        long word = at & -WORD_BYTE_SIZE;
        int shift = (int) (at - word) * Byte.SIZE;
        long mask = (-1L >>> ((WORD_BYTE_SIZE - byteSize) * Byte.SIZE)) << shift;
        long bits = (value << shift) & mask;
        try {
            MemorySegment memory = space.zone().writable();
            long found = (long) WORD.getVolatile(memory, word);
            while (true) {
                if (isConditional && (found & mask) != ((expected << shift) & mask)) {
                    return false;
                }
                // Keeps what other threads write to the bits beside the mask.
                long witness = (long) WORD.compareAndExchange(memory, word, found, (found & ~mask) | bits);
                if (witness == found) {
                    break;
                }
                found = witness;
            }
            Refusal refusal = barrier.await();
            if (refusal != null) {
                putBack(word, mask, bits, found & mask);
                throw UnsupportedHostException.notPatched(refusal);
            }
            return true;
        } catch (IllegalStateException e) {
            throw space.closedOr(e);
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
