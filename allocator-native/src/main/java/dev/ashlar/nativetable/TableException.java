package dev.ashlar.nativetable;

/** A refusal of the table itself; never leaves it, so it has no stack trace. */
final class TableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status status;

    private TableException(Status status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    Status status() {
        return status;
    }

    static TableException closed(long number) {
        return new TableException(Status.CLOSED, "there is no open table of this number: heap=" + number
                + ". The Java side has closed it, or the first argument is not the table's member heap");
    }

    static TableException nullPointer(String parameter) {
        return new TableException(Status.BAD_ARGUMENT, parameter + " is NULL");
    }

    static TableException badCount(long count) {
        return new TableException(Status.BAD_ARGUMENT, "count out of range: " + Long.toUnsignedString(count)
                + ", allowed=0 to " + Integer.MAX_VALUE);
    }

    static TableException noCode() {
        return new TableException(Status.BAD_ARGUMENT, "allocate_unit failed: the unit has no code");
    }

    static TableException notLive(long address) {
        return new TableException(Status.WRONG_ADDRESS, "free_unit failed: no live block starts at 0x"
                + Long.toHexString(address) + "; nothing was freed");
    }

    static TableException notReachable(long address, long byteSize, long target) {
        return new TableException(Status.NOT_REACHABLE, "allocate_near failed: rel32 does not reach 0x"
                + Long.toHexString(target) + " from all of a block at 0x" + Long.toHexString(address) + " of "
                + byteSize + " bytes. Build the heap near the target (CodeHeapBuilder.near), or jump through memory");
    }
}
