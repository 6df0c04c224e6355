package dev.ashlar.tool.secret;

import dev.ashlar.tool.figures.Spread;
import java.util.List;
import java.util.Map;

/**
 * What was measured.
 *
 * @param kernel the kernel's release
 * @param jdk version and vendor of the JDK
 * @param count secrets that were live at once
 * @param rounds how often each contender was measured
 * @param seed of the first round
 * @param samples every process, in the order in which they ran
 * @param sights what the rounds come to, moment by moment
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

    /** Copies the lists, so that a result never changes. */
    public SecretResult {
        samples = List.copyOf(samples);
        sights = List.copyOf(sights);
    }

    /**
     * One process.
     *
     * @param round counted from 1
     * @param contender who was measured
     * @param counts what the kernel counted, moment by moment
     * @param nanosPerAllocation from the first to the last of the first allocations, writing included; nothing is warm
     * @param directMapBefore the system's counters when the process began
     * @param directMapAfter the same with all secrets live for the second time
     */
    public record Sample(
            int round,
            String contender,
            List<Count> counts,
            double nanosPerAllocation,
            Map<String, Long> directMapBefore,
            Map<String, Long> directMapAfter) {

        /** Copies what can change. */
        public Sample {
            counts = List.copyOf(counts);
            directMapBefore = Map.copyOf(directMapBefore);
            directMapAfter = Map.copyOf(directMapAfter);
        }
    }

    /**
     * What the kernel counted at one moment.
     *
     * @param when the moment
     * @param liveBytes bytes asked for and live
     * @param pages pages of 4 KiB that are off the kernel's map
     * @param mappings mappings of secret memory
     */
    public record Count(String when, long liveBytes, long pages, long mappings) {

        /** {@return pages off the kernel's map for each KiB that is live} */
        public double pagesPerLiveKib() {
            return 1024.0 * pages / liveBytes;
        }
    }

    /**
     * What the rounds come to at one moment.
     *
     * @param when the moment
     * @param pages pages off the kernel's map for each KiB that is live
     * @param mappings mappings of secret memory
     */
    public record Sight(String when, Comparison pages, Comparison mappings) {}

    /**
     * Ours against the plain way, round by round.
     *
     * @param ours what a secret heap takes
     * @param theirs what a file for each secret takes
     * @param fewerPercent by how much ours is less; the least of all rounds counts
     * @param targetPercent what that must be at least
     */
    public record Comparison(Spread ours, Spread theirs, Spread fewerPercent, double targetPercent) {

        /** {@return whether every round reaches the target} */
        public boolean holds() {
            return fewerPercent.min() >= targetPercent;
        }
    }
}
