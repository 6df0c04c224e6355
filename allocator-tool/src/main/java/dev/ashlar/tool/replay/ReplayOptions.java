package dev.ashlar.tool.replay;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import org.jspecify.annotations.Nullable;

/**
 * How a trace is replayed.
 *
 * @param memory the kind of memory of the heap
 * @param writePath how code gets into it; null leaves the choice to the heap
 * @param threads threads that replay at the same time in one heap
 * @param copies copies of the trace that each thread interleaves
 * @param repeat timed passes
 * @param write whether objects are written and published
 * @param verify whether each object gets its own contents, which are checked before its free
 */
public record ReplayOptions(
        MemoryDemand memory,
        @Nullable WritePath writePath,
        int threads,
        int copies,
        int repeat,
        boolean write,
        boolean verify) {

    private static final long MIB = 1L << 20;

    /** The default of a heap; a smaller one would only make small traces differ from large ones. */
    private static final long CAPACITY_MIN = 256 * MIB;

    /** A span is at most 2 GiB, so that rel32 reaches everywhere. */
    private static final long CAPACITY_MAX = 2048 * MIB;

    /** Objects of all copies together: their addresses are kept in Java arrays. */
    private static final long OBJECT_COUNT_MAX = 1L << 28;

    /** The most that an allocator adds to a tiny object. */
    private static final long GRANULE_BYTE_SIZE = 16;

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

    /** {@return a builder of the heap for a trace} */
    CodeHeapBuilder builder(Trace trace) {
        // A region ahead of need would count in the peak.
        CodeHeapBuilder builder = CodeHeap.builder()
                .name("replay")
                .capacity(capacity(trace))
                .memory(memory)
                .withoutPreparedRegions();
        return writePath == null ? builder : builder.writePath(writePath);
    }

    /**
     * {@return the capacity of a heap for a trace: the peak and half as much again for what an allocator cannot use,
     * plus room for the rounding of tiny objects}
     *
     * @throws CommandException if no heap can hold the replay
     */
    long capacity(Trace trace) {
        long traces = (long) threads * copies;
        if (traces > CAPACITY_MAX || traces * trace.allocationCount() > OBJECT_COUNT_MAX) {
            throw tooLarge(trace, "make more than %d objects".formatted(OBJECT_COUNT_MAX));
        }
        double peak = (double) trace.peakLiveByteSize() * traces;
        if (peak > CAPACITY_MAX) {
            throw tooLarge(trace, "have %.0f MiB live at once, and a heap holds at most %d MiB".formatted(peak / MIB,
                    CAPACITY_MAX / MIB));
        }
        double needed = 1.5 * peak + (double) trace.peakLiveCount() * traces * GRANULE_BYTE_SIZE + 64 * MIB;
        long regions = (long) Math.ceil(needed / (2 * MIB));
        return Math.clamp(regions * 2 * MIB, CAPACITY_MIN, CAPACITY_MAX);
    }

    private CommandException tooLarge(Trace trace, String problem) {
        return new CommandException(ExitCode.USAGE, "%s: %d threads with %d copies each %s".formatted(trace.file(),
                threads, copies, problem));
    }
}
