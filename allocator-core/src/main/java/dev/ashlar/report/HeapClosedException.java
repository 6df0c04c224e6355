package dev.ashlar.report;

/** Signals that the heap is closed: it and everything it handed out can no longer be used. */
public final class HeapClosedException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private HeapClosedException(String message) {
        super(message);
    }

    /**
     * {@return the exception for a use of a closed heap}
     *
     * @param heapName the heap's name
     */
    public static HeapClosedException of(String heapName) {
        return new HeapClosedException("heap " + heapName + " is closed");
    }
}
