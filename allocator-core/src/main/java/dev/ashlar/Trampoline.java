package dev.ashlar;

import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;

/**
 * A place in code that jumps to whatever it is told: callers are linked to {@link #address()} once, and
 * {@link #retarget} sends all of them elsewhere by one store of data. No code changes, so that no core has to be
 * interrupted, and it works on every write path.
 *
 * <p>A thread that came by before a change may still be on its way to the old target, for as long as it likes: a store
 * cannot call it back. When the code there may be freed is for the caller to know.
 *
 * <p><b>Threads.</b> All methods may be called by any thread.
 */
public final class Trampoline {
    private final TrampolinePool pool;
    private final TrampolineSlot slot;
    /** Guarded by this object's monitor. */
    private State state = State.LIVE;

    /** Where in its life a trampoline is. */
    enum State {
        LIVE,
        FREED,
        /** Its pool was closed while it was live. */
        POOL_CLOSED
    }

    Trampoline(TrampolinePool pool, TrampolineSlot slot) {
        this.pool = pool;
        this.slot = slot;
    }

    /**
     * {@return the address to call or jump to, aligned to 16 bytes; the trampoline's whole life the same}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public long address() {
        pool.requireHeapOpen();
        return slot.address();
    }

    /**
     * {@return where it leads}
     *
     * @throws BlockStateException if it is freed, or its pool closed
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized long target() {
        requireLive("target()");
        return slot.target();
    }

    /**
     * Leads every call that comes from now on elsewhere. Code that was published before is seen as it was written by
     * whoever arrives there by this trampoline.
     *
     * @param target the address of an instruction, anywhere in the process
     * @throws IllegalArgumentException if the address is not positive
     * @throws BlockStateException if the trampoline is freed, or its pool closed
     * @throws HeapClosedException if the heap is closed
     */
    public void retarget(long target) {
        TrampolinePool.requireTarget(target);
        // Under the monitor, so that a store cannot land in the cell of whoever gets the place next.
        synchronized (this) {
            requireLive("retarget()");
            slot.point(target);
        }
    }

    /**
     * Gives the trampoline back. Whoever calls it from now on runs into a trap, until its place is taken again: of all
     * free places the one that has waited longest is taken next. The caller promises that no code is linked to it.
     *
     * @throws BlockStateException if it is freed already, or its pool closed
     * @throws HeapClosedException if the heap is closed
     */
    public void free() {
        synchronized (this) {
            requireLive("free()");
            slot.trap();
            state = State.FREED;
        }
        pool.giveBack(slot);
    }

    /** Ends the life of a live trampoline together with its pool's. */
    synchronized void end() {
        if (state == State.LIVE) {
            state = State.POOL_CLOSED;
        }
    }

    private void requireLive(String action) {
        pool.requireHeapOpen();
        if (state != State.LIVE) {
            throw HeapErrors.trampoline(action, state);
        }
    }

    @Override
    public String toString() {
        return "Trampoline[address=0x" + Long.toHexString(slot.address()) + "]";
    }
}
