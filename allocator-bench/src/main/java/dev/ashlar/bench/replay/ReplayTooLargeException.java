package dev.ashlar.bench.replay;

/** No heap can hold what a replay was asked to keep alive at once. */
public final class ReplayTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ReplayTooLargeException(String message) {
        super(message);
    }
}
