package dev.ashlar.report;

/**
 * Signals that a host, a heap or a block cannot do what was asked. The message states what was asked, what was there,
 * the failing system call with the kernel's error by name and number if there was one, and what to do about it.
 *
 * <p>Nothing has changed unless the method that throws says otherwise. The factories of the exceptions are for the
 * engine.
 */
public abstract sealed class AshlarException extends RuntimeException
        permits BackingUnavailableException,
        BacklogFullException,
        BlockStateException,
        ForkedProcessException,
        HeapClosedException,
        HeapDamagedException,
        HeapExhaustedException,
        NotReachableException,
        UnsupportedHostException,
        WritePathException,
        WrongAddressException {
    private static final long serialVersionUID = 1L;

    AshlarException(String message) {
        super(message);
    }

    AshlarException(String message, Throwable cause) {
        super(message, cause);
    }
}
