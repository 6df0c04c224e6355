package dev.ashlar.report;

/**
 * What can go wrong with a host, a heap or a block. The message says what was asked, what was there, the failing call
 * with the kernel's error by name and number where there was one, and what to do about it.
 */
public abstract sealed class AshlarException extends RuntimeException
        permits BackingUnavailableException,
        BlockStateException,
        HeapClosedException,
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
