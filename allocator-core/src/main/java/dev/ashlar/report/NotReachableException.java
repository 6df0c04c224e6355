package dev.ashlar.report;

import java.util.List;
import java.util.stream.Collectors;

/** Signals that a 32-bit displacement does not reach from where memory can be placed to where it must lead. */
public final class NotReachableException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private NotReachableException(String message) {
        super(message);
    }

    /**
     * {@return the exception for a span that finds no room where it was demanded}
     *
     * @param targets the addresses that must be within reach of rel32
     * @param start the first address at which the span may lie
     * @param end the address behind the last; not above {@code start} if no address meets all demands
     * @param byteSize bytes of the span
     * @param largestByteSize bytes of the largest span that has room there
     */
    public static NotReachableException span(
            List<Long> targets, long start, long end, long byteSize, long largestByteSize) {
        String demand = targets.isEmpty()
                ? ""
                : " within rel32 reach of " + targets.stream().map(NotReachableException::hex)
                        .collect(Collectors.joining(", "));
        boolean isTooNarrow = end - start < byteSize;
        return new NotReachableException("no room" + demand + ": span=" + byteSize + " bytes, "
                + (start < end
                        ? "allowed=" + hex(start) + " to " + hex(end) + ", largest room=" + largestByteSize + " bytes"
                        : "no address is allowed")
                + ". "
                + (isTooNarrow
                        ? "Ask for a smaller capacity, or for fewer addresses."
                        : "Ask for a smaller capacity, or build the heap earlier."));
    }

    /**
     * {@return the exception for a trampoline whose cell lies too far away}
     *
     * @param stub the trampoline's address in code
     * @param cell the address that holds its target
     */
    public static NotReachableException trampolineCell(long stub, long cell) {
        return new NotReachableException("a trampoline does not reach the heap's zone for data: stub=" + hex(stub)
                + ", cell=" + hex(cell)
                + ". Ask for smaller capacities (CodeHeapBuilder.capacity, constantCapacity, dataCapacity).");
    }

    /**
     * {@return the exception for an instruction whose rel32 field cannot hold the distance to its target}
     *
     * @param action the call that failed
     * @param instructionEnd the address from which the processor counts
     * @param target the address to reach
     */
    public static NotReachableException rel32(String action, long instructionEnd, long target) {
        return new NotReachableException(action + " failed: rel32 does not reach the target: instruction ends at "
                + hex(instructionEnd) + ", target=" + hex(target) + ", distance=" + (target - instructionEnd)
                + " bytes, allowed=-2^31 to 2^31-1. Build the heap near the target (CodeHeapBuilder.near), or go"
                + " through a trampoline (CodeHeap.openTrampolines), which leads anywhere.");
    }

    /**
     * {@return the exception for a field of 4 bytes that cannot hold an address}
     *
     * @param action the call that failed
     * @param target the address to write
     */
    public static NotReachableException abs32(String action, long target) {
        return new NotReachableException(action + " failed: the address needs more than 31 bits: target=" + hex(target)
                + ". Build the heap that has it below 2 GiB (CodeHeapBuilder.belowTwoGibibytes), or use abs64.");
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
