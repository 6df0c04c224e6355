package dev.ashlar.bench.rivals;

import java.lang.foreign.Arena;

/** What the JDK offers: a confined arena for each block, zeroed. Only the thread that allocated may free. */
final class ArenaPerBlock implements DataMemory {

    private final Arena[] arenas;

    ArenaPerBlock(int slotCount) {
        arenas = new Arena[slotCount];
    }

    @Override
    public String label() {
        return "arena";
    }

    @Override
    public long allocate(int slot, long byteSize) {
        Arena arena = Arena.ofConfined();
        arenas[slot] = arena;
        return arena.allocate(byteSize).address();
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        arenas[slot].close();
    }

    @Override
    public void close() {
        // The arenas belong to the threads that opened them.
    }
}
