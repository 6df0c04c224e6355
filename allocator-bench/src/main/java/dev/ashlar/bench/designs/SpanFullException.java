package dev.ashlar.bench.designs;

/** A design found no place, and its span has no region left to commit. */
public final class SpanFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SpanFullException(int regionCount, int wanted) {
        super("the span is full: regions=%d, wanted side by side=%d".formatted(regionCount, wanted));
    }
}
