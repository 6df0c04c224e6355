package dev.ashlar.report;

/** An address was used that is not the start of a live block held by its address. Nothing has changed. */
public final class WrongAddressException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private final long address;
    private final Reason reason;

    /** What is wrong with the address. */
    public enum Reason {
        /** It lies outside the heap. */
        FOREIGN,
        /** No live block contains it: never allocated, or freed before. */
        NOT_LIVE,
        /** It lies inside a live block, not at its start. */
        INTERIOR,
        /** A code block, a segment or an arena holds what starts there: free it through that object. */
        HELD_BY_OBJECT,
        /** The caller holds what starts there by its address: free the address. */
        HELD_BY_ADDRESS
    }

    public WrongAddressException(String action, long address, Reason reason, String detail) {
        super(action + " failed: address=0x" + Long.toHexString(address) + ", reason=" + reason + ". " + detail);
        this.address = address;
        this.reason = reason;
    }

    /** {@return the address as it was given} */
    public long address() {
        return address;
    }

    /** {@return what is wrong with it} */
    public Reason reason() {
        return reason;
    }
}
