package dev.ashlar.bench.rivals;

import dev.ashlar.DataHeap;
import dev.ashlar.report.HeapStats;
import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A confined, zeroed arena for each block, of the JDK or of a data heap. Only the allocating thread can free a block.
 * So the live blocks stay until the process ends, and so does the heap, which cannot be closed before them.
 */
final class ArenaPerBlock implements BlockMemory {

    private final Supplier<Arena> opener;
    private final Optional<DataHeap> heap;
    private final Arena[] arenas;

    private ArenaPerBlock(Supplier<Arena> opener, Optional<DataHeap> heap, int slotCount) {
        this.opener = opener;
        this.heap = heap;
        this.arenas = new Arena[slotCount];
    }

    static ArenaPerBlock ofJdk(int slotCount) {
        return new ArenaPerBlock(Arena::ofConfined, Optional.empty(), slotCount);
    }

    static ArenaPerBlock ofHeap(int slotCount) {
        DataHeap heap = DataHeap.builder().name("bench").build();
        return new ArenaPerBlock(heap::confinedArena, Optional.of(heap), slotCount);
    }

    @Override
    public long allocate(int slot, long byteSize) {
        Arena arena = opener.get();
        arenas[slot] = arena;
        return arena.allocate(byteSize).address();
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        arenas[slot].close();
    }

    @Override
    public Optional<HeapStats> stats() {
        return heap.map(DataHeap::stats);
    }

    @Override
    public long committedByteSize() {
        return heap.map(DataHeap::committedByteSize).orElse(0L);
    }
}
