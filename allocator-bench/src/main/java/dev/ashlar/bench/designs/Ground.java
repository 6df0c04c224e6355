package dev.ashlar.bench.designs;

import dev.ashlar.memory.Memory;

/**
 * What a design is given to build on.
 *
 * @param regionCount regions of the span, committed or not
 * @param memory the kind of memory that is committed, for the design that commits some
 * @param readyByteSize bytes to commit ahead and to keep, so that no commit falls into what is timed; 0 for none
 */
record Ground(int regionCount, Memory memory, long readyByteSize) {

    /** As much as a heap's span may have. */
    static final int REGION_COUNT_MAX = 1 << 10;

    static Ground of(Memory memory) {
        return new Ground(REGION_COUNT_MAX, memory, 0);
    }

    Ground withReady(long byteSize) {
        return new Ground(regionCount, memory, byteSize);
    }
}
