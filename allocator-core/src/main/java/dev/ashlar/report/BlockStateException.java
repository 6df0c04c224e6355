package dev.ashlar.report;

/** A block or a trampoline was used in a state that does not allow it: freed, already published, or not yet. */
public final class BlockStateException extends AshlarException {
    private static final long serialVersionUID = 1L;

    public BlockStateException(String message) {
        super(message);
    }
}
