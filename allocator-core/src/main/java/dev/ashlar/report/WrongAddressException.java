package dev.ashlar.report;

import dev.ashlar.memory.Access;

/** Signals that an address is not the start of a live block that the caller holds in this way. Nothing has changed. */
public final class WrongAddressException extends AshlarException {
    private static final long serialVersionUID = 1L;

    /** The address, as it was given. */
    private final long address;
    /** What is wrong with the address. */
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

    private WrongAddressException(String action, String heapName, long address, Reason reason, String detail) {
        super(action + " failed: heap=" + heapName + ", address=0x" + Long.toHexString(address) + ", reason=" + reason
                + ". " + detail);
        this.address = address;
        this.reason = reason;
    }

    /**
     * {@return the exception for an address outside the heap's view with this access}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     * @param address the address, as it was given
     * @param access the access of the view that was searched
     */
    public static WrongAddressException foreign(String action, String heapName, long address, Access access) {
        return new WrongAddressException(
                action, heapName, address, Reason.FOREIGN, "The address lies outside the heap's " + access + " view.");
    }

    /**
     * {@return the exception for an address in free memory}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     * @param address the address, as it was given
     */
    public static WrongAddressException notLive(String action, String heapName, long address) {
        return new WrongAddressException(action, heapName, address, Reason.NOT_LIVE,
                "No live block is there: it was never allocated, or it was freed before.");
    }

    /**
     * {@return the exception for an address inside a block}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     * @param address the address, as it was given
     */
    public static WrongAddressException interior(String action, String heapName, long address) {
        return new WrongAddressException(action, heapName, address, Reason.INTERIOR,
                "Pass the block's first address; blockContaining returns it.");
    }

    /**
     * {@return the exception for an address of a block that an object holds}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     * @param address the address, as it was given
     */
    public static WrongAddressException heldByObject(String action, String heapName, long address) {
        return new WrongAddressException(action, heapName, address, Reason.HELD_BY_OBJECT,
                "An object holds this memory (a block, a segment or an arena): use that object.");
    }

    /**
     * {@return the exception for a segment over memory that is held by its address}
     *
     * @param action the call, as in {@code publish()}
     * @param heapName the heap's name
     * @param address the address, as it was given
     */
    public static WrongAddressException heldByAddress(String action, String heapName, long address) {
        return new WrongAddressException(action, heapName, address, Reason.HELD_BY_ADDRESS,
                "The memory was taken by its address: free the address.");
    }

    /**
     * {@return the exception for a segment that the heap itself did not hand out}
     *
     * @param heapName the heap's name
     * @param address the address, as it was given
     */
    public static WrongAddressException otherScope(String heapName, long address) {
        return new WrongAddressException("free", heapName, address, Reason.HELD_BY_OBJECT,
                "The heap did not hand this segment out itself: if it comes from an arena, close the arena.");
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
