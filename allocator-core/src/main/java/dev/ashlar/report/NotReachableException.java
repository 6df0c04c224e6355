package dev.ashlar.report;

/** Signals that a 32-bit displacement does not reach from where memory can be placed to where it must lead. */
public final class NotReachableException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private NotReachableException(String message) {
        super(message);
    }

    /**
     * {@return the exception for a span that finds no room near an address}
     *
     * @param address the address that must be near
     * @param byteSize bytes of the span
     */
    public static NotReachableException span(long address, long byteSize) {
        return new NotReachableException("no room within rel32 reach: address=0x" + Long.toHexString(address)
                + ", span=" + byteSize + " bytes. Ask for a smaller capacity, or build the heap earlier.");
    }

    /**
     * {@return the exception for a trampoline whose cell lies too far away}
     *
     * @param stub the trampoline's address in code
     * @param cell the address that holds its target
     */
    public static NotReachableException trampolineCell(long stub, long cell) {
        return new NotReachableException("a trampoline does not reach the heap's zone for data: stub=0x"
                + Long.toHexString(stub) + ", cell=0x" + Long.toHexString(cell)
                + ". Ask for smaller capacities (CodeHeapBuilder.capacity, constantCapacity, dataCapacity).");
    }
}
