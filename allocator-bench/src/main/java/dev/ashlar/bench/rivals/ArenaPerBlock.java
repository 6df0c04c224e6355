package dev.ashlar.bench.rivals;

import dev.ashlar.DataHeap;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A confined arena for each block, zeroed: the JDK's, or a data heap's. Only the thread that allocated may free. */
final class ArenaPerBlock implements DataMemory {

    private final String label;
    private final Supplier<Arena> opener;
    private final Optional<DataHeap> heap;
    private final Arena[] arenas;

    private ArenaPerBlock(String label, Supplier<Arena> opener, Optional<DataHeap> heap, int slotCount) {
        this.label = label;
        this.opener = opener;
        this.heap = heap;
        this.arenas = new Arena[slotCount];
    }

    static ArenaPerBlock ofJdk(String label, int slotCount) {
        return new ArenaPerBlock(label, Arena::ofConfined, Optional.empty(), slotCount);
    }

    static ArenaPerBlock ofHeap(String label, int slotCount) {
        DataHeap heap = DataHeap.builder().name("bench").build();
        return new ArenaPerBlock(label, heap::confinedArena, Optional.of(heap), slotCount);
    }

    @Override
    public String label() {
        return label;
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

    /** The JDK's arenas are left to their threads; a heap's are closed, as it cannot be closed before them. */
    @Override
    public void close() {
        try {
            heap.ifPresent(opened -> {
                Stream.of(arenas).filter(arena -> arena != null && arena.scope().isAlive()).forEach(Arena::close);
                opened.close();
            });
        } catch (WrongThreadException anotherThreads) {
            // The heap then stays until the process ends.
        }
    }
}
