package dev.ashlar.bench.secret;

/** The host did not give a contender what it needs; the message says what and why. */
public final class SecretRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SecretRefusedException(String contender, String reason) {
        super(contender + ": " + reason);
    }
}
