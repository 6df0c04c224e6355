package dev.ashlar.examples.filter;

/**
 * When a filter gets its next version.
 *
 * @param scalarRowCount rows after which it is compiled
 * @param vectorRowCount rows after which it is compiled for vectors
 */
public record TierUp(long scalarRowCount, long vectorRowCount) {
    /** As a number of rows: not at all. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Compiles what has seen some thousand rows. */
    public static final TierUp DEFAULT = new TierUp(1_000, 10_000);

    /** Checks that nothing is negative. */
    public TierUp {
        if (scalarRowCount < 0 || vectorRowCount < 0) {
            throw new IllegalArgumentException(
                    "rows out of range: scalar=" + scalarRowCount + ", vector=" + vectorRowCount);
        }
    }

    /** {@return after how many rows a version of a tier is replaced} */
    long next(Tier tier) {
        return switch (tier) {
            case INTERPRETED -> Math.min(scalarRowCount, vectorRowCount);
            case SCALAR -> vectorRowCount;
            case VECTOR -> NEVER;
        };
    }
}
