package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** A heap could not be built because the host gave no memory of the kind that was demanded. */
public final class BackingUnavailableException extends AshlarException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an immutable list of the JDK's
    private final List<Refusal> refusals;

    private BackingUnavailableException(String message, List<Refusal> refusals) {
        super(message);
        this.refusals = List.copyOf(refusals);
    }

    public static BackingUnavailableException of(MemoryDemand memory, List<Refusal> refusals) {
        return of(memory.name(), refusals);
    }

    private static BackingUnavailableException of(String asked, List<Refusal> refusals) {
        String reasons = refusals.stream().map(Refusal::describe).collect(Collectors.joining(" "));
        return new BackingUnavailableException("no memory for a heap: asked=" + asked + ". " + reasons, refusals);
    }

    public static BackingUnavailableException of(MemoryDemand memory, Refusal refusal) {
        return of(memory, List.of(refusal));
    }

    public static BackingUnavailableException ofSecret(List<Refusal> refusals) {
        return of(Backing.SECRET.label(), refusals);
    }

    /** {@return why each backing that may serve the demand did not} */
    public List<Refusal> refusals() {
        return refusals;
    }
}
