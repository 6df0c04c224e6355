package dev.ashlar.bench.report;

/** A file that was to hold a result of {@code ashlar bench} does not; the message names it. */
public final class ResultFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ResultFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
