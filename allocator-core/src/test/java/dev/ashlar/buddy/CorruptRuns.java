package dev.ashlar.buddy;

/** Corrupts a run allocator for tests of the layers above it. */
public final class CorruptRuns {
    private CorruptRuns() {}

    /** Makes the allocator forget its free pages. */
    public static void forgetFreePages(RunAllocator runs) {
        runs.freePageCount = 0;
    }
}
