package dev.ashlar.region;

/** The counters of a ledger over the life of its zone. */
public final class LedgerCounts {
    /** Permission changes that callers asked for. */
    public long askedCount;
    /** mprotect calls made, refused ones included. */
    public long callCount;
    /** Huge mappings that a permission change split. */
    public long splitCount;
    /** Split regions that were made huge again. */
    public long healedCount;
    /** Failed attempts to make a split region huge again. */
    public long healFailureCount;
    /** Nanoseconds that regions were split, summed over the regions. */
    public long splitNanos;

    LedgerCounts copy() {
        LedgerCounts copy = new LedgerCounts();
        copy.add(this);
        return copy;
    }

    /** Adds the counters of another zone. */
    public void add(LedgerCounts other) {
        askedCount += other.askedCount;
        callCount += other.callCount;
        splitCount += other.splitCount;
        healedCount += other.healedCount;
        healFailureCount += other.healFailureCount;
        splitNanos += other.splitNanos;
    }
}
