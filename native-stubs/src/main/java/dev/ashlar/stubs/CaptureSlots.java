package dev.ashlar.stubs;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Native memory in which downcalls capture errno: a fixed set of cache lines. Each call claims one.
 *
 * <p>A slot per thread would need a ThreadLocal, which multiplies with virtual threads. A slot per call would need an
 * allocation for every system call. A thread starts at the slot of its hash, so that threads seldom meet; the claim is
 * one compare-and-set.
 *
 * <p>There are more slots than threads that can usefully be inside the kernel at once. If all are taken, the next
 * caller sleeps briefly and tries again until a call returns; two threads never share a slot.
 *
 * <p>A stack overflow can end a call between its claim and its release. The slot records its holder, and a thread is in
 * one call at a time. So a thread that finds a slot of its own takes it again, and any thread takes the slots of
 * threads that have ended.
 */
final class CaptureSlots {

    /** Two lines apart, because x86-64 prefetches cache lines in pairs. */
    private static final int STRIDE = 128;
    private static final int COUNT_BITS = 7;
    private static final int COUNT = 1 << COUNT_BITS;

    /** Threads that hold all slots are blocked in the kernel, so spinning would only take processors from them. */
    private static final long ALL_TAKEN_PAUSE_NANOS = 10_000;

    private static final long ERRNO_OFFSET = 0;
    /** No errno: every call replaces it. */
    private static final int NOT_CALLED = -1;

    /** One thread's place for errno. */
    static final class Slot {
        private static final VarHandle HOLDER;

        static {
            try {
                HOLDER = MethodHandles.lookup().findVarHandle(Slot.class, "holder", Thread.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        /** Where the call captures errno. */
        final MemorySegment captured;

        /** The thread that claimed this slot. Storing null releases it: a store, because a call could overflow. */
        volatile @Nullable Thread holder;

        private Slot(MemorySegment captured) {
            this.captured = captured;
        }

        private boolean claim(@Nullable Thread expected, Thread self) {
            return HOLDER.compareAndSet(this, expected, self);
        }

        /** Prepares for {@link #wasCalled}. */
        void expectCall() {
            captured.set(ValueLayout.JAVA_INT, ERRNO_OFFSET, NOT_CALLED);
        }

        /** {@return whether a call was made since {@link #expectCall}, if an Error came before or after it} */
        boolean wasCalled() {
            return errno() != NOT_CALLED;
        }

        /** {@return the errno that the last call through this slot captured} */
        int errno() {
            return captured.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
        }
    }

    private static final Slot[] SLOTS = slots();

    private CaptureSlots() {}

    /** Claims a slot for the calling thread, which releases it when the call has returned. */
    @SuppressWarnings("ReferenceEquality") // a subclass of Thread may override equals
    static Slot claim() {
        Thread self = Thread.currentThread();
        int index = startOf(self);
        for (int attempt = 1;; attempt++) {
            Slot slot = SLOTS[index];
            Thread holder = slot.holder;
            if (holder == self || (holder == null && slot.claim(null, self))) {
                return slot;
            }
            if (attempt > COUNT && holder != null && !holder.isAlive() && slot.claim(holder, self)) {
                return slot;
            }
            index = (index + 1) & (COUNT - 1);
            if ((attempt & (COUNT - 1)) == 0) {
                LockSupport.parkNanos(ALL_TAKEN_PAUSE_NANOS);
            }
        }
    }

    /** {@return slots claimed now; 0 if no thread is inside a call} */
    static int claimedCount() {
        int claimed = 0;
        for (Slot slot : SLOTS) {
            claimed += slot.holder == null ? 0 : 1;
        }
        return claimed;
    }

    static int count() {
        return COUNT;
    }

    /** Fibonacci hashing: thread ids are consecutive, so the top bits of the product spread them evenly. */
    private static int startOf(Thread thread) {
        return (int) ((thread.threadId() * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - COUNT_BITS));
    }

    private static Slot[] slots() {
        StructLayout captured = Linker.Option.captureStateLayout();
        assert captured.byteSize() <= STRIDE : "captured=" + captured;
        assert captured.byteOffset(MemoryLayout.PathElement.groupElement("errno")) == ERRNO_OFFSET : captured;
        MemorySegment block = Arena.global().allocate((long) COUNT * STRIDE, STRIDE);
        Slot[] slots = new Slot[COUNT];
        for (int index = 0; index < COUNT; index++) {
            slots[index] = new Slot(block.asSlice((long) index * STRIDE, STRIDE, STRIDE));
        }
        return slots;
    }
}
