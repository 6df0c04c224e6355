package dev.ashlar.bench.jmh;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jmh.infra.Control;

/**
 * A ring through which one thread hands blocks to one other. A thread that has to wait gives up when the measurement
 * ends, since the other one may have ended before it.
 */
final class HandOver {

    /** Blocks on their way; also the slots that they use. */
    static final int CAPACITY = 1024;

    /** Returned instead of a position when the measurement has ended. */
    static final long ENDED = -1;

    /** About what a context switch costs. */
    private static final int SPINS_BEFORE_YIELD = 64;

    private static final VarHandle POSITION = MethodHandles.arrayElementVarHandle(long[].class);

    // Far enough apart that neither thread's position shares lines with the other's.
    private static final int PUT = 32;
    private static final int TAKEN = 64;

    private final long[] positions = new long[96];
    private final LiveSet blocks = new LiveSet(CAPACITY);

    /** {@return the position that the giving thread may fill, once there is room} */
    long room(Control control) {
        long put = positions[PUT];
        int spins = 0;
        while (put - (long) POSITION.getAcquire(positions, TAKEN) == CAPACITY) {
            if (control.stopMeasurement) {
                return ENDED;
            }
            pause(++spins);
        }
        return put;
    }

    /** Hands a block over, at the position that {@link #room} returned. */
    void put(long position, long address, long byteSize) {
        blocks.set(slot(position), address, byteSize);
        POSITION.setRelease(positions, PUT, position + 1);
    }

    /** {@return the position of the next block for the taking thread, once there is one} */
    long next(Control control) {
        long taken = positions[TAKEN];
        int spins = 0;
        while ((long) POSITION.getAcquire(positions, PUT) == taken) {
            if (control.stopMeasurement) {
                return ENDED;
            }
            pause(++spins);
        }
        return taken;
    }

    long address(long position) {
        return blocks.address(slot(position));
    }

    long byteSize(long position) {
        return blocks.byteSize(slot(position));
    }

    /** The taking thread is done with the block: its position, and its slot, may be used again. */
    void done(long position) {
        POSITION.setRelease(positions, TAKEN, position + 1);
    }

    /** On a busy machine the other thread may be waiting for this processor. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void pause(int spins) {
        if (spins % SPINS_BEFORE_YIELD == 0) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    static int slot(long position) {
        return (int) position & CAPACITY - 1;
    }
}
