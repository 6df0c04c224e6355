package dev.ashlar.region;

/** What a ledger adds up over a zone's life. */
public final class LedgerCounts {
    /** Changes of permission that callers asked for. */
    public long askedCount;
    /** mprotect calls made, refused ones included. */
    public long callCount;
    /** Huge mappings that a change of permission split. */
    public long splitCount;
    /** Split regions that were made huge again. */
    public long healedCount;
    /** Times that the kernel did not make a split region huge. */
    public long healFailureCount;
    /** Nanoseconds that regions spent split, summed over the regions. */
    public long splitNanos;

    LedgerCounts copy() {
        LedgerCounts copy = new LedgerCounts();
        copy.add(this);
        return copy;
    }

    /** Adds those of another zone. */
    public void add(LedgerCounts other) {
        askedCount += other.askedCount;
        callCount += other.callCount;
        splitCount += other.splitCount;
        healedCount += other.healedCount;
        healFailureCount += other.healFailureCount;
        splitNanos += other.splitNanos;
    }
}
