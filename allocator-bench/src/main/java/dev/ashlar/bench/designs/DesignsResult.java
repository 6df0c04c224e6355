package dev.ashlar.bench.designs;

import dev.ashlar.bench.doctor.Host;
import java.util.List;
import java.util.Optional;

/**
 * All designs on all loads. Counts are the same in every run with the same seed; times are not.
 *
 * @param host the machine
 * @param memory what was written to: the kind of memory asked for
 * @param seed of the random loads
 * @param rounds timed rounds, all designs in each
 * @param loads one entry for each load
 */
public record DesignsResult(Host host, String memory, long seed, int rounds, List<LoadResult> loads) {

    /**
     * One load.
     *
     * @param load its name
     * @param events allocations and frees together
     * @param peakLiveBytes most bytes asked for and live at once
     * @param designs one entry for each design
     */
    public record LoadResult(String load, int events, long peakLiveBytes, List<DesignResult> designs) {

        DesignResult of(Design design) {
            return designs.stream().filter(one -> one.design().equals(design.label())).findAny().orElseThrow();
        }
    }

    /**
     * One design on one load.
     *
     * @param design its name
     * @param memory what it needed
     * @param times what it took
     */
    public record DesignResult(String design, Memory memory, List<Time> times) {}

    /**
     * What a design needs for a load.
     *
     * @param peakCommittedBytes most bytes committed at once; whole regions, but pages for a mapping per block
     * @param permissionChanges times that the permissions of mapped memory are set: by region, or by block
     * @param rewrittenSoon part of the allocations, once there was a free, that get memory of the last 64 blocks freed
     * @param extentBytes where the highest block ended
     * @param sights what was seen at the load's moments
     */
    public record Memory(long peakCommittedBytes, long permissionChanges, double rewrittenSoon, long extentBytes,
            List<Sight> sights) {}

    /**
     * A design at one moment of a load.
     *
     * @param when the moment
     * @param liveBytes bytes asked for and live
     * @param heldBytes bytes of pages in use
     * @param committedBytes bytes of committed regions, an empty one that is kept included
     * @param regions regions committed or touched
     * @param vmas mappings that this takes in one view, where neighbours merge
     * @param largestFitBytes the longest block that would find a place without another region
     * @param metadataBytes bookkeeping
     */
    public record Sight(
            String when,
            long liveBytes,
            long heldBytes,
            long committedBytes,
            int regions,
            int vmas,
            long largestFitBytes,
            long metadataBytes) {}

    /**
     * The time of one part of a load.
     *
     * @param part what happens in it
     * @param contents {@code placed}: nothing is written; {@code placed by 2 threads}: so, each with blocks of its
     *     own, the rivals under a lock; {@code written}: contents are copied in, freed code is wiped
     * @param nsPerEvent nanoseconds for an allocation or a free, median of the rounds: of processor time, or of the
     *     clock's where threads wait for each other; empty where it was refused
     * @param nsPerEventMin the fastest round
     * @param nsPerEventMax the slowest round
     * @param refusal what the kernel refused
     */
    public record Time(
            String part,
            String contents,
            Optional<Double> nsPerEvent,
            Optional<Double> nsPerEventMin,
            Optional<Double> nsPerEventMax,
            Optional<String> refusal) {}
}
