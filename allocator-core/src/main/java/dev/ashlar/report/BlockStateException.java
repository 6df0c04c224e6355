package dev.ashlar.report;

import java.util.List;

/**
 * Signals that a block, a unit, a batch or a trampoline was used in a state that does not allow it, or that a heap was
 * to be closed while a caller still uses it.
 */
public final class BlockStateException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private BlockStateException(String message) {
        super(message);
    }

    private BlockStateException(String message, IllegalStateException cause) {
        super(message, cause);
    }

    /**
     * {@return the exception for a call in the wrong state}
     *
     * @param action the call, as in {@code publish()}
     * @param subject what it was called on, as in {@code the block}
     * @param found the state it is in
     * @param needed the state that the call needs
     */
    public static BlockStateException wrongState(String action, String subject, String found, String needed) {
        return new BlockStateException(action + " failed: " + subject + " is " + found + ", needed: " + needed);
    }

    /**
     * {@return the exception for a write to code that was published on the write path IN_PLACE}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     * @param address the block's address
     */
    public static BlockStateException publishedInPlace(String action, String heapName, long address) {
        return new BlockStateException(action + " failed: the block at 0x" + Long.toHexString(address) + " of heap "
                + heapName + " is published, and on write path in-place its memory can no longer be written,"
                + " needed: writable");
    }

    /**
     * {@return the exception for a use of a pool of trampolines, or of one of its trampolines, after its close}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     */
    public static BlockStateException poolClosed(String action, String heapName) {
        return new BlockStateException(action + " failed: the pool of trampolines of heap " + heapName + " is closed");
    }

    /**
     * {@return the exception for the end of a batch while a downcall uses one of its sections}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     * @param cause what the segments' own close reported
     */
    public static BlockStateException sectionInUse(String action, String heapName, IllegalStateException cause) {
        return new BlockStateException(action + " failed: a running downcall was given a section of the batch of heap "
                + heapName + "; repeat it when that call has returned", cause);
    }

    /**
     * {@return the exception for the end of a buffer while a downcall writes to it}
     *
     * @param action the call, as in {@code publish()}
     * @param subject what it was called on, as in {@code the block}
     * @param cause what the segment's own close reported
     */
    public static BlockStateException bufferInUse(String action, String subject, IllegalStateException cause) {
        return new BlockStateException(action + " failed: a running downcall was given the writable segment of "
                + subject + "; repeat it when that call has returned", cause);
    }

    /**
     * {@return the exception for the close of a heap while a downcall uses one of its segments}
     *
     * @param heapName the heap's name
     * @param cause what the segments' own close reported
     */
    public static BlockStateException heapInUse(String heapName, IllegalStateException cause) {
        return new BlockStateException("close failed: a running downcall was given a segment of heap " + heapName
                + "; close it when that call has returned", cause);
    }

    /**
     * {@return the exception for the close of a heap while an arena is open}
     *
     * @param heapName the heap's name
     * @param open how many arenas who holds
     */
    public static BlockStateException arenasOpen(String heapName, List<String> open) {
        return new BlockStateException("close failed: arenas of heap " + heapName + " are open: "
                + String.join(", ", open) + "; close the heap when they are closed");
    }

    /**
     * {@return the exception for the close of a heap while a batch is open}
     *
     * @param heapName the heap's name
     * @param users what uses each batch
     */
    public static BlockStateException batchesOpen(String heapName, List<String> users) {
        return new BlockStateException("close failed: batches of heap " + heapName + " are open, used by "
                + String.join(", ", users) + "; publish or abandon them, then close the heap");
    }

    /**
     * {@return the exception for the close of a heap while a group is open}
     *
     * @param heapName the heap's name
     * @param count groups that are open
     */
    public static BlockStateException groupsOpen(String heapName, int count) {
        return new BlockStateException("close failed: " + count + (count == 1 ? " group" : " groups") + " of heap "
                + heapName + " can be reached and must be closed first: close them, or call closeAll()");
    }

    /**
     * {@return the exception for the use of a group, or of one of its blocks, after its close}
     *
     * @param group the group, as in {@code group 1 of heap code}
     */
    public static BlockStateException groupClosed(String group) {
        return new BlockStateException(group + " is closed, and its code is freed");
    }

    /**
     * {@return the exception for the close of a group while a downcall runs in it}
     *
     * @param group the group, as in {@code group 1 of heap code}
     * @param cause what the segments' own close reported
     */
    public static BlockStateException groupInUse(String group, IllegalStateException cause) {
        return new BlockStateException("close failed: a running downcall uses " + group
                + ", which stays open; close it when that call has returned", cause);
    }

    /**
     * {@return the exception for the close of a group while its own thread does not end an allocation}
     *
     * @param group the group, as in {@code group 1 of heap code}
     */
    public static BlockStateException groupAtWork(String group) {
        return new BlockStateException("close failed: the thread that opened " + group
                + " has been allocating or writing in it for ten seconds; its code cannot be called any more,"
                + " close it again when that thread goes on");
    }

    /**
     * {@return the exception for a free of a block that no caller frees}
     *
     * @param action the call, as in {@code free()}
     * @param block the block, as in {@code the block at 0x7f00 of group 1 of heap code}
     * @param by what frees it, as in {@code the close of the group}
     */
    public static BlockStateException freedOtherwise(String action, String block, String by) {
        return new BlockStateException(action + " failed: " + block + " is freed by " + by + ", not alone");
    }

    /**
     * {@return the exception for the use of what has ended}
     *
     * @param action the call, as in {@code free()}
     * @param subject what it was called on, as in {@code the block}
     * @param state how it ended, as in {@code freed}
     */
    public static BlockStateException ended(String action, String subject, String state) {
        return new BlockStateException(action + " failed: " + subject + " is " + state + " already");
    }

    /**
     * {@return the exception for the close of a heap while code that the garbage collector frees is reachable}
     *
     * @param heapName the heap's name
     * @param count blocks, units and batches
     */
    public static BlockStateException collectedInUse(String heapName, int count) {
        return new BlockStateException("close failed: collected code of heap " + heapName
                + " can still be reached, or was not freed yet (blocks, units and batches: " + count
                + "); drop its blocks, segments and"
                + " handles, then close the heap. With -XX:+DisableExplicitGC, wait for a garbage collection.");
    }

    /**
     * {@return the exception for the close of a heap while registered threads may run retired blocks}
     *
     * @param heapName the heap's name
     * @param threads who holds up blocks
     */
    public static BlockStateException retiredInUse(String heapName, List<String> threads) {
        return new BlockStateException("close failed: retired blocks of heap " + heapName + " may run in "
                + String.join(", ", threads) + "; close the heap after their next quiescent point, or close the"
                + " retirement if they run none");
    }

    /**
     * {@return the exception for the use of a retirement after its close}
     *
     * @param action the call, as in {@code retire()}
     * @param heapName the heap's name
     */
    public static BlockStateException retirementClosed(String action, String heapName) {
        return new BlockStateException(action + " failed: this retirement of heap " + heapName + " is closed");
    }

    /**
     * {@return the exception for the use of a thread's registration after its close}
     *
     * @param action the call, as in {@code quiescent()}
     * @param thread the thread
     */
    public static BlockStateException registrationClosed(String action, String thread) {
        return new BlockStateException(action + " failed: the registration of " + thread + " is closed");
    }
}
