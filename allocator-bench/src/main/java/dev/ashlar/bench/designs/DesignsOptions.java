package dev.ashlar.bench.designs;

import dev.ashlar.memory.Memory;
import java.util.List;

/**
 * How the designs are put through their loads.
 *
 * @param memory the kind of memory that is written to
 * @param liveCounts live blocks of the random loads, at least 2 each
 * @param rounds timed rounds, at least 1
 * @param seed of the random loads
 */
public record DesignsOptions(Memory memory, List<Integer> liveCounts, int rounds, long seed) {

    /**
     * Checks what was asked for.
     *
     * @throws IllegalArgumentException if there are no rounds, or a load without blocks
     */
    public DesignsOptions {
        liveCounts = List.copyOf(liveCounts);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be at least 1: rounds=" + rounds);
        }
        if (liveCounts.stream().anyMatch(count -> count < 2)) {
            throw new IllegalArgumentException("live counts must be at least 2: " + liveCounts);
        }
    }
}
