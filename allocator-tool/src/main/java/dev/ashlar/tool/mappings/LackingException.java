package dev.ashlar.tool.mappings;

/** This host cannot run a cell; the message says why. It is not an error. */
final class LackingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LackingException(String reason) {
        // No stack trace: the message says everything.
        super(reason, null, false, false);
    }
}
