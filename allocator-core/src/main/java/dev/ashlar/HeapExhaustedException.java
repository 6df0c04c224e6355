package dev.ashlar;

import dev.ashlar.memory.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** A heap has no room for a request. The heap is unchanged and goes on working. */
public final class HeapExhaustedException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private final long byteSize;
    private final long largestFreeByteSize;
    private final long capacityByteSize;
    private final long committedByteSize;
    @SuppressWarnings("serial") // always an immutable list of the JDK's
    private final List<Refusal> refusals;

    HeapExhaustedException(
            long byteSize,
            long largestFreeByteSize,
            long capacityByteSize,
            long committedByteSize,
            String backings,
            List<Refusal> refusals) {
        super(message(byteSize, largestFreeByteSize, capacityByteSize, committedByteSize, backings, refusals));
        this.byteSize = byteSize;
        this.largestFreeByteSize = largestFreeByteSize;
        this.capacityByteSize = capacityByteSize;
        this.committedByteSize = committedByteSize;
        this.refusals = List.copyOf(refusals);
    }

    private static String message(
            long byteSize, long largestFree, long capacity, long committed, String backings, List<Refusal> refusals) {
        String sizes = "no room in the heap: asked=" + byteSize + " bytes, largest free run=" + largestFree
                + " bytes, committed=" + committed + " bytes, capacity=" + capacity + " bytes, backing=" + backings
                + ". ";
        if (refusals.isEmpty()) {
            return sizes + "Free blocks, or build the heap with a larger capacity.";
        }
        return sizes + refusals.stream().map(Refusal::describe).collect(Collectors.joining(" "));
    }

    /** {@return the bytes asked for} */
    public long byteSize() {
        return byteSize;
    }

    /** {@return the longest free run of committed memory, in bytes} */
    public long largestFreeByteSize() {
        return largestFreeByteSize;
    }

    /** {@return the bytes of the heap's span} */
    public long capacityByteSize() {
        return capacityByteSize;
    }

    /** {@return the bytes committed at that moment} */
    public long committedByteSize() {
        return committedByteSize;
    }

    /** {@return why the host gave no more memory; empty where the span itself has no room} */
    public List<Refusal> refusals() {
        return refusals;
    }
}
