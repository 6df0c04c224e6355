package dev.ashlar.slab;

/** The result of a request to free or shrink the block at an address. */
public enum FreeResult {
    /** Done. */
    DONE(0),
    /** No block starts here and none covers the address: never allocated, or freed before. */
    NOT_LIVE(-1),
    /** The address lies inside a live block, not at its start. */
    INTERIOR(-2),
    /** A live block starts here, but it is held the other way ({@link Holder}). */
    HELD_OTHERWISE(-3);

    private static final FreeResult[] BY_CODE = values();

    /** The refusal as a negative number, for methods that return a position otherwise. */
    final int code;

    FreeResult(int code) {
        this.code = code;
    }

    static FreeResult ofCode(int code) {
        return BY_CODE[-code];
    }
}
