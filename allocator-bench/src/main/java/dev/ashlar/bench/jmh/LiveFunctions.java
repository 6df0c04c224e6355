package dev.ashlar.bench.jmh;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.Payload;
import dev.ashlar.tool.workload.SizeMix;

/** A thread's own live functions. */
final class LiveFunctions {

    private final BlockMemory memory;
    private final Draws draws;
    private final LiveSet live;

    /**
     * None yet.
     *
     * @param liveCount how many there will be; 0 for none
     */
    LiveFunctions(BlockMemory memory, SizeMix mix, int liveCount, int threadIndex) {
        this.memory = memory;
        this.draws = new Draws(mix, liveCount, threadIndex);
        this.live = new LiveSet(liveCount);
    }

    /** Compiles as many as there will be. */
    LiveFunctions grow() {
        return grow(live.count());
    }

    /** Compiles the first {@code count}. */
    LiveFunctions grow(int count) {
        for (int function = 0; function < count; function++) {
            draws.advance();
            live.set(function, compile(draws.byteSize()), draws.byteSize());
        }
        return this;
    }

    /** Frees the first {@code count} again. */
    void shrink(int count) {
        for (int function = 0; function < count; function++) {
            memory.free(live.address(function), live.byteSize(function));
        }
    }

    /** Frees a random function and puts a new one in its place; {@return its address} */
    long replace() {
        draws.advance();
        int victim = draws.victim();
        memory.free(live.address(victim), live.byteSize(victim));
        long address = compile(draws.byteSize());
        live.set(victim, address, draws.byteSize());
        return address;
    }

    /** Makes a function, to be freed by {@link #discard}; {@return its address} */
    long compileNext() {
        draws.advance();
        return compile(draws.byteSize());
    }

    /** Frees what {@link #compileNext} made last. */
    void discard(long address) {
        memory.free(address, draws.byteSize());
    }

    private long compile(long byteSize) {
        long address = memory.allocate(byteSize);
        memory.write(address, Payload.CODE, byteSize);
        memory.publish(address, byteSize);
        return address;
    }
}
