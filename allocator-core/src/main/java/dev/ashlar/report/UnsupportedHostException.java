package dev.ashlar.report;

/**
 * This host or JVM cannot run Ashlar at all (another system or architecture, an old JDK, native access denied), or not
 * the one thing that was asked for.
 */
public final class UnsupportedHostException extends AshlarException {
    private static final long serialVersionUID = 1L;

    public UnsupportedHostException(String message) {
        super(message);
    }

    public UnsupportedHostException(String message, Throwable cause) {
        super(message, cause);
    }
}
