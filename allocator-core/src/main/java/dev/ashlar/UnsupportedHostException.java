package dev.ashlar;

/**
 * This host or JVM cannot run Ashlar at all (another system or architecture, an old JDK, native access denied), or not
 * the one thing that was asked for.
 */
public final class UnsupportedHostException extends AshlarException {
    private static final long serialVersionUID = 1L;

    UnsupportedHostException(String message) {
        super(message);
    }

    UnsupportedHostException(String message, Throwable cause) {
        super(message, cause);
    }
}
