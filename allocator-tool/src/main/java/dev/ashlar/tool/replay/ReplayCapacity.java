package dev.ashlar.tool.replay;

/** How large a heap a replay needs: known from the trace before anything is allocated. */
final class ReplayCapacity {

    private static final long MIB = 1L << 20;

    /** The default of a heap; smaller ones would only make small traces differ from large ones. */
    private static final long BYTE_SIZE_MIN = 256 * MIB;

    /** A span is at most 2 GiB, so that rel32 reaches everywhere. */
    private static final long BYTE_SIZE_MAX = 2048 * MIB;

    /** Objects of all copies together: their addresses are kept in Java arrays. */
    private static final long OBJECT_COUNT_MAX = 1L << 28;

    /** What an allocator may round a byte up to. */
    private static final long GRANULE_BYTE_SIZE = 16;

    private ReplayCapacity() {}

    /**
     * The capacity for a replay: the peak and half as much again for what an allocator cannot use, plus room for the
     * rounding of tiny objects.
     *
     * @throws ReplayTooLargeException if no heap can hold the replay
     */
    static long of(Trace trace, ReplayOptions options) {
        long traces = (long) options.threads() * options.copies();
        if (traces > BYTE_SIZE_MAX || traces * trace.allocationCount() > OBJECT_COUNT_MAX) {
            throw new ReplayTooLargeException("%s: %d threads with %d copies each make more than %d objects"
                    .formatted(trace.file(), options.threads(), options.copies(), OBJECT_COUNT_MAX));
        }
        double peak = (double) trace.peakLiveByteSize() * traces;
        if (peak > BYTE_SIZE_MAX) {
            throw new ReplayTooLargeException(
                    "%s: %d threads with %d copies each have %.0f MiB live at once, and a heap holds at most %d MiB"
                            .formatted(trace.file(), options.threads(), options.copies(), peak / MIB,
                                    BYTE_SIZE_MAX / MIB));
        }
        double needed = 1.5 * peak + (double) trace.peakLiveCount() * traces * GRANULE_BYTE_SIZE + 64 * MIB;
        long regions = (long) Math.ceil(needed / (2 * MIB));
        return Math.clamp(regions * 2 * MIB, BYTE_SIZE_MIN, BYTE_SIZE_MAX);
    }
}
