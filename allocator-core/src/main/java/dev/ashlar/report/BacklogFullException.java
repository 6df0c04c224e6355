package dev.ashlar.report;

import java.util.List;

/** Signals that a block cannot be retired, because too many retired blocks wait for a thread to become quiescent. */
public final class BacklogFullException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private BacklogFullException(String message) {
        super(message);
    }

    /**
     * {@return the exception for a block that is retired while the largest number of blocks wait}
     *
     * @param heapName the heap's name
     * @param largestBacklog the number of blocks that may wait
     * @param threads the threads that hold up the block that has waited longest; empty if no thread is registered
     */
    public static BacklogFullException of(String heapName, int largestBacklog, List<String> threads) {
        return new BacklogFullException("retire() failed: " + largestBacklog + " retired blocks of heap " + heapName
                + " wait for a quiescent point" + (threads.isEmpty() ? "" : " of " + String.join(", ", threads))
                + ", and no more may wait. The block stays live." + (threads.isEmpty()
                        ? " No thread is registered: call Retirement.quiescent() when none runs these blocks."
                        : ""));
    }
}
