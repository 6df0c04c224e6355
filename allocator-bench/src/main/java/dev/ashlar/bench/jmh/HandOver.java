package dev.ashlar.bench.jmh;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jmh.infra.Control;

/**
 * A ring through which one thread hands blocks to another. A thread that has to wait gives up when the measurement
 * ends, because the other thread may have ended before it.
 */
final class HandOver {

    /** The capacity of the ring, and the number of slots that its blocks use. */
    static final int CAPACITY = 1024;

    /** Returned instead of a position after the end of the measurement. */
    static final long ENDED = -1;

    /** About what a context switch costs. */
    private static final int SPINS_BEFORE_YIELD = 64;

    private static final VarHandle POSITION = MethodHandles.arrayElementVarHandle(long[].class);

    // Far enough apart to keep the positions on different cache lines.
    private static final int PUT = 32;
    private static final int TAKEN = 64;

    private final long[] positions = new long[96];
    private final long[] addresses = new long[CAPACITY];
    private final long[] byteSizes = new long[CAPACITY];

    /** Waits for room. Returns the position that the first thread may fill, or {@link #ENDED}. */
    long room(Control control) {
        return await(PUT, TAKEN, CAPACITY, control);
    }

    /** Hands a block over, at the position that {@link #room} returned. */
    void put(long position, long address, long byteSize) {
        addresses[slot(position)] = address;
        byteSizes[slot(position)] = byteSize;
        POSITION.setRelease(positions, PUT, position + 1);
    }

    /** Waits for a block. Returns its position to the second thread, or {@link #ENDED}. */
    long next(Control control) {
        return await(TAKEN, PUT, 0, control);
    }

    /** Returns this thread's position when it is no longer {@code distance} ahead of the other thread's. */
    private long await(int own, int other, int distance, Control control) {
        long position = positions[own];
        int spins = 0;
        while (position - (long) POSITION.getAcquire(positions, other) == distance) {
            if (control.stopMeasurement) {
                return ENDED;
            }
            pause(++spins);
        }
        return position;
    }

    long address(long position) {
        return addresses[slot(position)];
    }

    long byteSize(long position) {
        return byteSizes[slot(position)];
    }

    /** Releases the position and the slot of a block that the second thread has freed. */
    void done(long position) {
        POSITION.setRelease(positions, TAKEN, position + 1);
    }

    /** Yields now and then, because the other thread may be waiting for this processor. */
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
