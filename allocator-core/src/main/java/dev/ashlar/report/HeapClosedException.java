package dev.ashlar.report;

/** The heap was closed: it and everything it handed out can no longer be used. */
public final class HeapClosedException extends AshlarException {
    private static final long serialVersionUID = 1L;

    public HeapClosedException(String message) {
        super(message);
    }
}
