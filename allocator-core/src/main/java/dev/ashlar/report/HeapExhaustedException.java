package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** Signals that a heap has no room for a request. The heap is unchanged and goes on working. */
public final class HeapExhaustedException extends AshlarException {
    private static final long serialVersionUID = 1L;

    /** Bytes that were asked for. */
    private final long byteSize;
    /** Bytes of the longest free run in the zone. */
    private final long largestFreeByteSize;
    /** Bytes of the zone. */
    private final long capacityByteSize;
    /** Bytes of the zone that were committed. */
    private final long committedByteSize;
    /** Why the host gave no more memory. */
    @SuppressWarnings("serial") // always an immutable list of the JDK's
    private final List<Refusal> refusals;

    private HeapExhaustedException(
            String message,
            long byteSize,
            long largestFreeByteSize,
            long capacityByteSize,
            long committedByteSize,
            List<Refusal> refusals) {
        super(message);
        this.byteSize = byteSize;
        this.largestFreeByteSize = largestFreeByteSize;
        this.capacityByteSize = capacityByteSize;
        this.committedByteSize = committedByteSize;
        this.refusals = List.copyOf(refusals);
    }

    /**
     * {@return the exception for a zone without room, because it is full or because the host refused memory}
     *
     * @param heapName the heap's name
     * @param domain the kind of memory of the zone
     * @param byteSize bytes that were asked for
     * @param largestFreeByteSize the longest free run of committed memory in the zone
     * @param capacityByteSize bytes of the zone
     * @param committedByteSize bytes of the zone that are committed
     * @param backings the backings of the committed regions
     * @param refusals why the host gave no more memory; empty if the zone is full
     */
    public static HeapExhaustedException noRoom(
            String heapName,
            Domain domain,
            long byteSize,
            long largestFreeByteSize,
            long capacityByteSize,
            long committedByteSize,
            List<Backing> backings,
            List<Refusal> refusals) {
        String cause = refusals.isEmpty()
                ? "Free blocks" + (domain == Domain.CODE ? ", drop collected ones," : "")
                        + " or build the heap with a larger capacity for " + domain + "."
                : refusals.stream().map(Refusal::describe).collect(Collectors.joining(" "));
        return new HeapExhaustedException(
                "no room in heap " + heapName + " for " + domain + ": asked=" + byteSize + " bytes, largest free run="
                        + largestFreeByteSize
                        + " bytes, committed=" + committedByteSize + " bytes, capacity=" + capacityByteSize
                        + " bytes, backing=" + backings + ". " + cause,
                byteSize,
                largestFreeByteSize,
                capacityByteSize,
                committedByteSize,
                refusals);
    }

    /**
     * {@return the exception for a heap that was built with no room for a domain}
     *
     * @param heapName the heap's name
     * @param domain the kind of memory
     * @param byteSize bytes that were asked for
     */
    public static HeapExhaustedException noZone(String heapName, Domain domain, long byteSize) {
        // Nothing is free or committed in a zone of no bytes.
        return new HeapExhaustedException(
                "heap " + heapName + " has no zone for " + domain + ": asked=" + byteSize
                        + " bytes. Build it with a smaller capacity"
                        + " for code, or ask for room (CodeHeapBuilder.constantCapacity, dataCapacity); code, constants"
                        + " and data share 2 GiB.",
                byteSize,
                0,
                0,
                0,
                List.of());
    }

    /**
     * {@return the exception for a zone that the host did not let the heap open}
     *
     * @param heapName the heap's name
     * @param domain the kind of memory
     * @param byteSize bytes that were asked for
     * @param capacityByteSize bytes of the zone
     * @param refusal what the host refused
     */
    public static HeapExhaustedException zoneRefused(
            String heapName, Domain domain, long byteSize, long capacityByteSize, Refusal refusal) {
        // Nothing is free or committed in a zone that is not open.
        return new HeapExhaustedException(
                "heap " + heapName + " could not open its zone for " + domain + ": asked=" + byteSize + " bytes. "
                        + refusal.describe(),
                byteSize,
                0,
                capacityByteSize,
                0,
                List.of(refusal));
    }

    /** {@return the bytes that were asked for} */
    public long byteSize() {
        return byteSize;
    }

    /** {@return the longest free run of committed memory in the zone, in bytes} */
    public long largestFreeByteSize() {
        return largestFreeByteSize;
    }

    /** {@return the bytes of the zone: of the heap's room for that kind of memory} */
    public long capacityByteSize() {
        return capacityByteSize;
    }

    /** {@return the bytes of the zone that were committed at that moment} */
    public long committedByteSize() {
        return committedByteSize;
    }

    /** {@return why the host gave no more memory; empty if the zone itself has no room} */
    public List<Refusal> refusals() {
        return refusals;
    }
}
