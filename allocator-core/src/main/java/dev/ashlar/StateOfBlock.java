package dev.ashlar;

import dev.ashlar.heap.LifeCycle;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** The state of a block, which the call that is at work on it changes. Thread-safe. */
abstract sealed class StateOfBlock permits CodeBlock {
    private static final AtomicReferenceFieldUpdater<StateOfBlock, LifeCycle> STATE =
            AtomicReferenceFieldUpdater.newUpdater(StateOfBlock.class, LifeCycle.class, "state");

    /** Changed by {@link #STATE}, or by the call that is at work on the block. */
    @SuppressWarnings("NullAway.Init") // the constructor sets it by STATE
    volatile LifeCycle state;

    StateOfBlock() {
        // No other thread can see the block yet, so this needs no fence.
        STATE.lazySet(this, LifeCycle.WRITABLE);
    }

    /** {@return the block, for errors} */
    abstract String subject();

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
}
