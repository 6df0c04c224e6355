package dev.ashlar.llvm.report;

/**
 * Signals that this host has no LLVM that can do what was asked: no library, one that is too old, or no compiler or
 * headers for an engine that needs them. The message says what to install.
 */
public final class LlvmUnavailableException extends LlvmException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is missing, and what to install
     */
    public LlvmUnavailableException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure behind it.
     *
     * @param message what is missing, and what to install
     * @param cause the failure
     */
    public LlvmUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
