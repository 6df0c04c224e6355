package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** Signals that a heap cannot be built because the host gave no memory of the kind that was demanded. */
public final class BackingUnavailableException extends AshlarException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an immutable list of the JDK's
    private final List<Refusal> refusals;

    private BackingUnavailableException(String demand, List<Refusal> refusals) {
        super("no memory for a heap: asked=" + demand + ". "
                + refusals.stream().map(Refusal::describe).collect(Collectors.joining(" ")));
        this.refusals = List.copyOf(refusals);
    }

    /** {@return the exception for code or data} */
    public static BackingUnavailableException of(MemoryDemand memory, List<Refusal> refusals) {
        return new BackingUnavailableException(memory.name(), refusals);
    }

    /** {@return the exception for secrets} */
    public static BackingUnavailableException ofSecret(List<Refusal> refusals) {
        return new BackingUnavailableException(Backing.SECRET.label(), refusals);
    }

    /** {@return why the host did not give any backing that could serve the demand} */
    public List<Refusal> refusals() {
        return refusals;
    }
}
