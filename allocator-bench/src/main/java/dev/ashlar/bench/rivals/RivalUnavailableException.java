package dev.ashlar.bench.rivals;

/** A rival is not on this host, or cannot do what a benchmark needs. The message says why. */
public final class RivalUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The reason, with the remedy if there is one. */
    public RivalUnavailableException(String reason) {
        // No stack trace: it would hide the sentence.
        super(reason, null, false, false);
    }
}
