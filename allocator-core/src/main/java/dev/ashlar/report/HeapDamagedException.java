package dev.ashlar.report;

/**
 * Signals that an Error of the JVM, such as a stack overflow, cut a change of the heap short, so that its bookkeeping
 * cannot be trusted. Every call but {@code close()} throws this; {@code close()} gives all memory back.
 */
public final class HeapDamagedException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private HeapDamagedException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * {@return the exception for a use of a damaged heap}
     *
     * @param heapName the heap's name
     * @param cause what cut the change short
     */
    public static HeapDamagedException of(String heapName, Throwable cause) {
        String remedy = switch (cause) {
            case StackOverflowError _ -> "; to avoid it, give its threads more stack (-Xss)";
            case OutOfMemoryError _ -> "; to avoid it, give the JVM a larger Java heap (-Xmx)";
            default -> "";
        };
        return new HeapDamagedException(
                "heap " + heapName + " is damaged: " + cause
                        + " cut a change of it short. Close the heap, which gives its"
                        + " memory back, and open another" + remedy + ".",
                cause);
    }
}
