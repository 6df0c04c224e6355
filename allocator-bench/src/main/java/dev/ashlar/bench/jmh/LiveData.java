package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.DataMemory;
import dev.ashlar.tool.memory.RawMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.Payload;
import dev.ashlar.tool.workload.SizeMix;
import java.lang.foreign.MemorySegment;

/** A thread's own live data. */
final class LiveData {

    private final DataMemory memory;
    private final Draws draws;
    private final LiveSet live;
    private final int firstSlot;

    /**
     * None yet.
     *
     * @param liveCount how many there will be
     */
    LiveData(DataMemory memory, SizeMix mix, int liveCount, int threadIndex) {
        this.memory = memory;
        this.draws = new Draws(mix, liveCount, threadIndex);
        this.live = new LiveSet(liveCount);
        this.firstSlot = DataUnderTest.firstSlot(threadIndex);
    }

    /** Allocates and writes as many as there will be. */
    LiveData grow() {
        return grow(live.count());
    }

    /** Allocates and writes the first {@code count}. */
    LiveData grow(int count) {
        for (int block = 0; block < count; block++) {
            draws.advance();
            allocate(block, draws.byteSize());
        }
        return this;
    }

    /** Frees the first {@code count} again. */
    void shrink(int count) {
        for (int block = 0; block < count; block++) {
            memory.free(firstSlot + block, live.address(block), live.byteSize(block));
        }
    }

    /** Frees a random block and writes a new one in its place; {@return its address} */
    long replace() {
        draws.advance();
        int victim = draws.victim();
        memory.free(firstSlot + victim, live.address(victim), live.byteSize(victim));
        return allocate(victim, draws.byteSize());
    }

    private long allocate(int block, long byteSize) {
        long address = memory.allocate(firstSlot + block, byteSize);
        MemorySegment.copy(Payload.CODE, 0, RawMemory.EVERYTHING, address, byteSize);
        live.set(block, address, byteSize);
        return address;
    }
}
