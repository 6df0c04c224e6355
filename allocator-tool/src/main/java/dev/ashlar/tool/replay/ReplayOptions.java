package dev.ashlar.tool.replay;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import org.jspecify.annotations.Nullable;

/**
 * How a trace is replayed.
 *
 * @param memory what the heap's memory is to be
 * @param writePath how code gets into it; null leaves the choice to the heap
 * @param threads threads that replay side by side in one heap
 * @param copies copies of the trace that each thread interleaves
 * @param repeat timed passes
 * @param write whether objects are written and published
 * @param verify whether every object gets contents of its own that are checked before its free
 */
public record ReplayOptions(
        MemoryDemand memory,
        @Nullable WritePath writePath,
        int threads,
        int copies,
        int repeat,
        boolean write,
        boolean verify) {

    /** Rejects what cannot be replayed. */
    public ReplayOptions {
        requirePositive("threads", threads);
        requirePositive("copies", copies);
        requirePositive("repeat", repeat);
        if (verify && !write) {
            throw new IllegalArgumentException("contents that are not written cannot be verified");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + name + "=" + value);
        }
    }
}
