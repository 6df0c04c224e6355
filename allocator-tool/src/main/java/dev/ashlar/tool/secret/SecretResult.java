package dev.ashlar.tool.secret;

import dev.ashlar.tool.figures.Spread;
import java.util.List;
import java.util.Map;

/**
 * The result of {@code ashlar secret}.
 *
 * @param kernel the kernel's release
 * @param jdk version and vendor of the JDK
 * @param count secrets that were live at once
 * @param rounds how often each kind of memory was measured
 * @param seed of the first round
 * @param samples one for each process, in order
 * @param sights the comparison at each moment, over all rounds
 * @param holds whether every target holds
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

    /** Copies the lists. */
    public SecretResult {
        samples = List.copyOf(samples);
        sights = List.copyOf(sights);
    }

    /**
     * One process.
     *
     * @param round counted from 1
     * @param contender the kind of memory
     * @param counts the kernel's counts at each moment
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
            Map<String, Long> directMapAfter) {

        /** Copies the collections. */
        public Sample {
            counts = List.copyOf(counts);
            directMapBefore = Map.copyOf(directMapBefore);
            directMapAfter = Map.copyOf(directMapAfter);
        }
    }

    /**
     * The kernel's counts at one moment.
     *
     * @param when the moment
     * @param liveBytes bytes asked for and live
     * @param pages pages of 4 KiB outside the kernel's direct map
     * @param mappings mappings of secret memory
     */
    public record Count(String when, long liveBytes, long pages, long mappings) {

        /** {@return pages outside the direct map for each live KiB} */
        public double pagesPerLiveKib() {
            return 1024.0 * pages / liveBytes;
        }
    }

    /**
     * The comparison at one moment.
     *
     * @param when the moment
     * @param pages pages outside the direct map for each live KiB
     * @param mappings mappings of secret memory
     */
    public record Sight(String when, Comparison pages, Comparison mappings) {}

    /**
     * A secret heap against one file for each secret, over all rounds.
     *
     * @param ours the figure of the heap
     * @param theirs the figure of the files
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
