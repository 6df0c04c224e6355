package dev.ashlar.heap;

import dev.ashlar.report.BlockStateException;
import java.util.Locale;

/**
 * The states of whatever a heap hands out as an object: blocks, units, batches and trampolines. A trampoline is
 * published from the start.
 *
 * <pre>
 *   WRITABLE --publish--&gt; PUBLISHED --free--&gt; FREED
 *   WRITABLE --free--&gt; FREED            (a block or a unit)
 *   PUBLISHED --retire--&gt; RETIRED       (a block)
 *   WRITABLE --abandon--&gt; ABANDONED     (a batch)
 *   WRITABLE --publish--&gt; HALF_PUBLISHED --free--&gt; FREED   (a unit, if publish throws)
 * </pre>
 *
 * <p>SHRINKING, NAMING, PUBLISHING and PATCHING last as long as the call that they are named after, and end in the
 * state before or after it. FREE_CUT_SHORT means that an Error hid whether a free began, so that only another free can
 * follow.
 */
public enum LifeCycle {
    WRITABLE,
    SHRINKING,
    NAMING,
    PUBLISHING,
    HALF_PUBLISHED,
    PUBLISHED,
    PATCHING,
    RETIRED,
    FREE_CUT_SHORT,
    FREED,
    ABANDONED;

    /** {@return whether the code can be run} */
    public boolean isPublished() {
        return this == PUBLISHED || this == PATCHING;
    }

    /**
     * {@return what to throw if an action needs another state}
     *
     * @param action the call, as in {@code publish()}
     * @param subject what it was called on, as in {@code the block at 0x7f00}
     */
    public BlockStateException refuse(String action, String subject, LifeCycle needed) {
        return BlockStateException.wrongState(action, subject, word(), needed.word());
    }

    /** {@return what to throw if an action needs any state but this one} */
    public BlockStateException refuseFreed(String action, String subject) {
        return BlockStateException.ended(action, subject, word());
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
