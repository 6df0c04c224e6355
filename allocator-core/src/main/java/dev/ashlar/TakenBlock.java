package dev.ashlar;

import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.memory.Temperature;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A block that was taken: where it lies, its name, its state, which the call that is at work on it changes, and the
 * patches that need a state of their own. Thread-safe.
 */
abstract class TakenBlock {
    private static final AtomicReferenceFieldUpdater<TakenBlock, LifeCycle> STATE =
            AtomicReferenceFieldUpdater.newUpdater(TakenBlock.class, LifeCycle.class, "state");

    final Lifetime life;
    final long offset;
    /** Changed by {@link #STATE}, or by the call that is at work on the block. */
    @SuppressWarnings("NullAway.Init") // the constructor sets it by STATE
    volatile LifeCycle state;

    /** As an unsigned number. Changed by the call that is at work on the block, before it changes the state. */
    private int byteSize;
    /** Changed like the size; errors show it after the block is freed, too. */
    @Nullable String name;

    /** Takes the memory. */
    TakenBlock(Lifetime life, long byteSize) {
        this.life = life;
        this.byteSize = (int) byteSize;
        // No other thread can see the block yet, so this needs no fence.
        STATE.lazySet(this, LifeCycle.WRITABLE);
        // Last: an Error after this would lose the memory.
        this.offset = life.take(byteSize);
    }

    /** Takes the memory, as {@link CodeHeap#allocate(long, long, Temperature)}. */
    TakenBlock(Lifetime life, long byteSize, long byteAlignment, Temperature temperature) {
        this.life = life;
        this.byteSize = (int) byteSize;
        STATE.lazySet(this, LifeCycle.WRITABLE);
        this.offset = life.take(life.first(), byteSize, byteAlignment, temperature);
    }

    final Lifetime life() {
        return life;
    }

    final long offset() {
        return offset;
    }

    final long base() {
        return life.first().base();
    }

    final long size() {
        return Integer.toUnsignedLong(byteSize);
    }

    final void resize(long newByteSize) {
        byteSize = (int) newByteSize;
    }

    final void setName(String newName) {
        name = newName;
        life.zones().recorder().name(life.first(), offset, newName);
    }

    final boolean change(String action, Lifetime.Call<Boolean> change) {
        life.requireOpen();
        return life.during(() -> changeWhileLive(action, change));
    }

    /** One change at a time; free() waits for the state. */
    private synchronized Boolean changeWhileLive(String action, Lifetime.Call<Boolean> change) {
        begin(LifeCycle.PUBLISHED, LifeCycle.PATCHING, action);
        try {
            return change.make();
        } finally {
            state = LifeCycle.PUBLISHED;
        }
    }

    final void require(LifeCycle needed, String action) {
        life.requireOpen();
        requireState(needed, action);
    }

    final void requireState(LifeCycle needed, String action) {
        LifeCycle found = state;
        if (found != needed && !(found.isPublished() && needed == LifeCycle.PUBLISHED)) {
            throw found.refuse(action, subject(), needed);
        }
    }

    /** Moves to a state that no other thread enters now. If an Error hides whether this was done, it is undone. */
    final void begin(LifeCycle from, LifeCycle lasting, String action) {
        try {
            move(from, lasting, action);
        } catch (Error e) {
            if (state == lasting) {
                state = from;
            }
            throw e;
        }
    }

    final void move(LifeCycle from, LifeCycle to, String action) {
        if (!STATE.compareAndSet(this, from, to)) {
            throw state.refuse(action, subject(), from);
        }
    }

    final boolean moveToFreed(LifeCycle from) {
        try {
            return STATE.compareAndSet(this, from, LifeCycle.FREED);
        } catch (Error e) {
            // It is unknown which thread frees the block. The next free finds out.
            state = LifeCycle.FREE_CUT_SHORT;
            throw e;
        }
    }

    static boolean isStable(LifeCycle state) {
        return state == LifeCycle.PUBLISHED || state == LifeCycle.WRITABLE || state == LifeCycle.FREE_CUT_SHORT;
    }

    /** {@return the block, for errors} */
    final String subject() {
        String named = name == null ? "" : " \"" + name + "\"";
        return "the block" + named + " at 0x" + Long.toHexString(base() + offset) + " of " + life.name();
    }

    @Override
    public String toString() {
        return "CodeBlock[" + (name == null ? "" : "name=" + name + ", ") + "address=0x"
                + Long.toHexString(base() + offset) + ", byteSize=" + size() + ", " + state + "]";
    }
}
