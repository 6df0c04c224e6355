package dev.ashlar.bench.rivals;

/** A rival that is not on this host or cannot do what is asked; the message says why. Nothing is broken. */
public final class RivalUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean inChild;

    private RivalUnavailableException(String reason, boolean inChild) {
        // No stack trace: it would hide the one sentence that matters.
        super(reason, null, false, false);
        this.inChild = inChild;
    }

    /** It is not on this host. */
    static RivalUnavailableException onThisHost(String reason) {
        return new RivalUnavailableException(reason, false);
    }

    /** It is on this host, but this JVM was started without the environment variables that it needs. */
    static RivalUnavailableException inThisJvm(String reason) {
        return new RivalUnavailableException(reason, true);
    }

    /**
     * It is of no use for what is asked of it.
     *
     * @param rival the rival
     * @param limit what it cannot do, as a sentence without its subject
     */
    public static RivalUnavailableException forThisUse(Rival rival, String limit) {
        return new RivalUnavailableException(rival.label() + " " + limit, false);
    }

    boolean isAvailableInChild() {
        return inChild;
    }
}
