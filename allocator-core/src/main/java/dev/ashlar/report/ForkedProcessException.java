package dev.ashlar.report;

/**
 * Signals that a heap was used in a fork of the process that built it. The fork does not have the heap's memory, and
 * its descriptors lead to the parent's: what it writes or gives back there, the parent loses. Nothing has changed in
 * the parent.
 */
public final class ForkedProcessException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private ForkedProcessException(String message) {
        super(message);
    }

    /**
     * {@return the exception for a use of a heap in a fork}
     *
     * @param parentId the id of the process that built the heap
     */
    public static ForkedProcessException of(long parentId) {
        return new ForkedProcessException("the heap belongs to process " + parentId + ", and this process is a fork of"
                + " it, which has none of the heap's memory. Use heaps only in the process that built them; a fork"
                + " should execute another program (exec).");
    }
}
