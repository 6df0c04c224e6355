package dev.ashlar.tool.soak;

import java.util.List;
import java.util.Optional;

/**
 * What a soak test did. Only drift is reported here: any other fault makes {@link Soak#run} throw.
 *
 * @param threads threads that worked at once
 * @param seed of the random numbers
 * @param seconds how long it worked
 * @param operations operations of all threads
 * @param checkCount how often counts and bookkeeping were compared, with all threads at rest
 * @param subjects the heaps
 * @param absent heaps that this host does not provide, with the reason
 * @param samples committed memory of all heaps, over time
 * @param driftPercent how much more memory is committed in the last quarter than in the second, on average, negative if
 *     it is less; empty if the test was too short
 */
public record SoakResult(
        int threads,
        long seed,
        double seconds,
        long operations,
        long checkCount,
        List<Row> subjects,
        List<String> absent,
        List<Sample> samples,
        Optional<Double> driftPercent) {

    /** The largest drift in percent that counts as none. */
    public static final double DRIFT_TARGET_PERCENT = 1;

    /** Copies the lists. */
    public SoakResult {
        subjects = List.copyOf(subjects);
        absent = List.copyOf(absent);
        samples = List.copyOf(samples);
    }

    /** {@return whether the memory does not drift, as far as the test was long enough to know} */
    public boolean holds() {
        return Math.abs(driftPercent.orElse(0.0)) < DRIFT_TARGET_PERCENT;
    }

    /**
     * One heap.
     *
     * @param name what it tests
     * @param operations on it
     * @param exhaustedCount allocations that found no room
     * @param peakCommittedByteSize most bytes of committed regions at once
     */
    public record Row(String name, long operations, long exhaustedCount, long peakCommittedByteSize) {}

    /**
     * A moment.
     *
     * @param seconds since the start
     * @param operations so far
     * @param committedByteSize bytes of committed regions in all heaps
     */
    public record Sample(double seconds, long operations, long committedByteSize) {}
}
