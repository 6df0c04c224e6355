package dev.ashlar.report;

import dev.ashlar.memory.Domain;
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

    public HeapExhaustedException(
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

    private HeapExhaustedException(String message, List<Refusal> refusals) {
        super(message);
        this.byteSize = 0;
        this.largestFreeByteSize = 0;
        this.capacityByteSize = 0;
        this.committedByteSize = 0;
        this.refusals = List.copyOf(refusals);
    }

    /** The span was built without room for a domain. */
    public static HeapExhaustedException noZone(Domain domain) {
        return new HeapExhaustedException(
                "the heap has no zone for " + domain + ": build it with a smaller capacity for code, or ask for room"
                        + " (CodeHeapBuilder.constantCapacity, dataCapacity); code, constants and data share 2 GiB.",
                List.of());
    }

    /** The host gave no address space, or no way to write it. */
    public static HeapExhaustedException noZone(Domain domain, Refusal refusal) {
        return new HeapExhaustedException(
                "the heap could not open its zone for " + domain + ". " + refusal.describe(), List.of(refusal));
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
