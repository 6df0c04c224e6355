package dev.ashlar.tool.permissions;

/** This host cannot serve a cell; the message says why. Nothing is broken. */
final class LackingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LackingException(String reason) {
        // No stack trace: it would hide the one sentence that matters.
        super(reason, null, false, false);
    }
}
