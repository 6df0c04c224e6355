package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** Signals that a heap cannot be built because the host gave no memory of the kind that was demanded. */
public final class BackingUnavailableException extends AshlarException {
    private static final long serialVersionUID = 1L;

    /** Why the host gave no memory. */
    @SuppressWarnings("serial") // always an immutable list of the JDK's
    private final List<Refusal> refusals;

    private BackingUnavailableException(String demand, List<Refusal> refusals) {
        super("no memory for a heap: asked=" + demand + ". "
                + refusals.stream().map(Refusal::describe).collect(Collectors.joining(" ")));
        this.refusals = List.copyOf(refusals);
    }

    /**
     * {@return the exception for code or data}
     *
     * @param memory the kind of memory that was demanded
     * @param refusals why the host gave no memory
     */
    public static BackingUnavailableException of(MemoryDemand memory, List<Refusal> refusals) {
        return new BackingUnavailableException(memory.name(), refusals);
    }

    /**
     * {@return the exception for secrets}
     *
     * @param refusals why the host gave no memory
     */
    public static BackingUnavailableException ofSecret(List<Refusal> refusals) {
        return new BackingUnavailableException(Backing.SECRET.label(), refusals);
    }

    /** {@return why the host did not give any backing that could serve the demand} */
    public List<Refusal> refusals() {
        return refusals;
    }
}
