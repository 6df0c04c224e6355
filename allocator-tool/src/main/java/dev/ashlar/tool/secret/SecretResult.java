package dev.ashlar.tool.secret;

import dev.ashlar.tool.figures.Spread;
import java.util.List;
import java.util.Map;

/**
 * The result of {@code ashlar secret}, as its JSON has it.
 *
 * @param samples one for each process, in order
 * @param sights the comparison at each moment, over all rounds
 * @param holds whether each target holds
 */
public record SecretResult(
        String kernel,
        String jdk,
        int count,
        int rounds,
        long seed,
        List<Sample> samples,
        List<Sight> sights,
        boolean holds) {

    /**
     * One process.
     *
     * @param contender the kind of memory
     * @param nanosPerAllocation time of one allocation of the first growth, including writing; the code is not warm
     * @param directMapBefore the system's counters of the direct map at the start of the process
     * @param directMapAfter the same counters when all secrets are live again
     */
    public record Sample(
            int round,
            String contender,
            List<Count> counts,
            double nanosPerAllocation,
            Map<String, Long> directMapBefore,
            Map<String, Long> directMapAfter) {}

    /**
     * The kernel's counts at one moment.
     *
     * @param liveBytes requested bytes of the live secrets
     * @param pages pages of 4 KiB outside the kernel's direct map
     * @param mappings mappings of secret memory
     */
    public record Count(String when, long liveBytes, long pages, long mappings) {

        /** {@return pages outside the direct map for each live KiB} */
        public double pagesPerLiveKib() {
            return 1024.0 * pages / liveBytes;
        }
    }

    /** The comparison at one moment: pages outside the direct map for each live KiB, and mappings. */
    public record Sight(String when, Comparison pages, Comparison mappings) {}

    /**
     * A secret heap against one file for each secret, over all rounds.
     *
     * @param fewerPercent how many percent less the heap needs; the least of all rounds counts
     * @param targetPercent the least that this must be
     */
    public record Comparison(Spread ours, Spread theirs, Spread fewerPercent, double targetPercent) {

        /** {@return whether every round reaches the target} */
        public boolean holds() {
            return fewerPercent.min() >= targetPercent;
        }
    }
}
