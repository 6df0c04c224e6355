package dev.ashlar.report;

/** No free address space of the size asked for lies within rel32 reach of the address asked for. */
public final class NotReachableException extends AshlarException {
    private static final long serialVersionUID = 1L;

    public NotReachableException(String message) {
        super(message);
    }
}
