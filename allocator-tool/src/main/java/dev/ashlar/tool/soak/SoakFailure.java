package dev.ashlar.tool.soak;

/** A heap did what the model says it must not do. */
final class SoakFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SoakFailure(String message) {
        super(message);
    }

    /** Throws unless a claim holds. */
    static void require(boolean holds, String what, long address) {
        if (!holds) {
            throw new SoakFailure("%s: 0x%x".formatted(what, address));
        }
    }
}
