package dev.ashlar.stubs;

/**
 * This host cannot run Ashlar at all: not Linux, not a 64-bit x86 or ARM, a JDK that is too old, or a C library without
 * a function that every supported one has. The message is one sentence that says what was found and what is needed.
 */
public final class UnsupportedPlatformException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedPlatformException(String message) {
        super(message);
    }

    static UnsupportedPlatformException missingSymbol(String symbol) {
        return new UnsupportedPlatformException(
                "Ashlar needs a C library that has " + symbol + "(), and this one does not: use glibc or musl.");
    }
}
