package dev.ashlar.stubs;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Native memory in which downcalls capture errno: a fixed set of cache lines. Each call claims one.
 *
 * <p>A slot per thread would need a ThreadLocal, which multiplies with virtual threads. A slot per call would need an
 * allocation for every system call. A thread starts at the slot of its hash, so that threads seldom meet; the claim is
 * one compare-and-set on a line that this thread used last.
 *
 * <p>There are more slots than threads that can usefully be inside the kernel at once. If all are taken, the next
 * caller sleeps briefly and tries again until a call returns; a slot is never shared.
 */
final class CaptureSlots {

    /** Two lines apart, because x86-64 prefetches cache lines in pairs. */
    private static final int STRIDE = 128;
    private static final int COUNT_BITS = 7;
    private static final int COUNT = 1 << COUNT_BITS;

    /** Threads that hold all slots are blocked in the kernel, so spinning would only take processors from them. */
    private static final long ALL_TAKEN_PAUSE_NANOS = 10_000;

    private static final long ERRNO_OFFSET = 0;
    private static final long CLAIM_OFFSET = 64;
    private static final int FREE = 0;
    private static final int CLAIMED = 1;

    private static final VarHandle CLAIM = ValueLayout.JAVA_INT.varHandle();
    private static final MemorySegment[] SLOTS = slots();

    private CaptureSlots() {}

    /** Claims a slot for the calling thread, which gives it back by {@link #release}. */
    static MemorySegment claim() {
        int index = start();
        for (int attempt = 1;; attempt++) {
            MemorySegment slot = SLOTS[index];
            if ((int) CLAIM.getOpaque(slot, CLAIM_OFFSET) == FREE
                    && CLAIM.compareAndSet(slot, CLAIM_OFFSET, FREE, CLAIMED)) {
                return slot;
            }
            index = (index + 1) & (COUNT - 1);
            if ((attempt & (COUNT - 1)) == 0) {
                LockSupport.parkNanos(ALL_TAKEN_PAUSE_NANOS);
            }
        }
    }

    static void release(MemorySegment slot) {
        assert (int) CLAIM.getOpaque(slot, CLAIM_OFFSET) == CLAIMED : "slot released twice: " + slot;
        CLAIM.setRelease(slot, CLAIM_OFFSET, FREE);
    }

    /** {@return the errno that the last call through this slot captured} */
    static int errno(MemorySegment slot) {
        return slot.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
    }

    /** {@return slots claimed now; 0 if no thread is inside a call} */
    static int claimedCount() {
        int claimed = 0;
        for (MemorySegment slot : SLOTS) {
            claimed += (int) CLAIM.getAcquire(slot, CLAIM_OFFSET);
        }
        return claimed;
    }

    static int count() {
        return COUNT;
    }

    /** Fibonacci hashing: thread ids are consecutive, so the top bits of the product spread them evenly. */
    private static int start() {
        return (int) ((Thread.currentThread().threadId() * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - COUNT_BITS));
    }

    private static MemorySegment[] slots() {
        StructLayout captured = Linker.Option.captureStateLayout();
        assert captured.byteSize() <= CLAIM_OFFSET : "captured=" + captured;
        assert captured.byteOffset(MemoryLayout.PathElement.groupElement("errno")) == ERRNO_OFFSET : captured;
        MemorySegment block = Arena.global().allocate((long) COUNT * STRIDE, STRIDE);
        MemorySegment[] slots = new MemorySegment[COUNT];
        for (int index = 0; index < COUNT; index++) {
            slots[index] = block.asSlice((long) index * STRIDE, STRIDE, STRIDE);
        }
        return slots;
    }
}
