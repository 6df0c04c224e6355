package dev.ashlar.llvm.report;

/**
 * Signals that LLVM refused what it was given: a module that is not valid, a symbol that nothing defines, code that
 * cannot be generated or has no room in the heap. The message has LLVM's own words where LLVM gave a reason.
 */
public sealed class LlvmException extends RuntimeException permits LlvmUnavailableException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what was asked, and what LLVM said
     */
    public LlvmException(String message) {
        super(message);
    }

    /**
     * Makes an exception with the failure behind it.
     *
     * @param message what was asked, and what stood in the way
     * @param cause the failure
     */
    public LlvmException(String message, Throwable cause) {
        super(message, cause);
    }
}
