package dev.ashlar.bench.rangetree;

/** No free range is long enough, and the span has no region left to commit. */
public final class SpanFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SpanFullException(int regionCount, int wanted) {
        super("the span is full: regions=%d, adjacent regions wanted=%d".formatted(regionCount, wanted));
    }
}
