package dev.ashlar;

import dev.ashlar.memory.Domain;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands out {@link Trampoline}s in a heap's code, made by {@link CodeHeap#openTrampolines}.
 *
 * {@snippet :
 * try (TrampolinePool pool = heap.openTrampolines(1)) {
 *     Trampoline entry = pool.take(interpreted.address()); // callers are linked to entry.address()
 *     entry.retarget(compiled.address());
 * }
 * }
 *
 * <p>Trampolines are made 256 at a time, 16 bytes of code and 8 of data each, and more are made when all are taken.
 * What is freed is taken again; memory goes back to the heap when the pool is closed. As all data of a heap, the cells
 * that hold the targets are writable: who can write there says where calls go.
 *
 * <p><b>Threads.</b> All methods may be called by any thread.
 */
public final class TrampolinePool implements AutoCloseable {
    private final CodeHeap heap;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<TrampolineSlot> slots = new ArrayList<>();
    private final List<TrampolineChunk> chunks = new ArrayList<>();
    /** First in, first out; always with room for all slots, because a free must not allocate. */
    private ArrayDeque<TrampolineSlot> free = new ArrayDeque<>();
    private boolean closed;

    private TrampolinePool(CodeHeap heap) {
        this.heap = heap;
    }

    static TrampolinePool open(CodeHeap heap, int count) {
        if (count < 1) {
            throw HeapErrors.trampolineCount(count);
        }
        TrampolinePool pool = new TrampolinePool(heap);
        try {
            while (pool.free.size() < count) {
                pool.grow();
            }
        } catch (RuntimeException | Error refused) {
            pool.close();
            throw refused;
        }
        return pool;
    }

    /**
     * Takes a trampoline.
     *
     * @param target where it leads: the address of an instruction, anywhere in the process
     * @return the trampoline; the caller frees it, or closes the pool
     * @throws IllegalArgumentException if the address is not positive
     * @throws HeapExhaustedException if all are taken and there is no room for more
     * @throws BlockStateException if the pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public Trampoline take(long target) {
        requireTarget(target);
        lock.lock();
        try {
            requireOpen("take()");
            if (free.isEmpty()) {
                grow();
            }
            TrampolineSlot slot = free.getFirst();
            Trampoline trampoline = new Trampoline(this, slot);
            slot.point(target);
            slot.owner = trampoline;
            free.removeFirst();
            return trampoline;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return how many trampolines are taken}
     *
     * @throws BlockStateException if the pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public int liveCount() {
        lock.lock();
        try {
            requireOpen("liveCount()");
            return slots.size() - free.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Frees all trampolines, live ones included, and gives their memory back to the heap. The caller promises that no
     * thread runs through one, and that no code is linked to one. Closing again, or after the heap, does nothing.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            for (TrampolineSlot slot : slots) {
                Trampoline owner = slot.owner;
                if (owner != null) {
                    owner.end();
                }
            }
            freeChunks();
        } finally {
            lock.unlock();
        }
    }

    private void freeChunks() {
        try {
            chunks.forEach(TrampolineChunk::free);
        } catch (HeapClosedException gone) {
            // The heap has given all of it back.
        }
    }

    /** Makes a chunk of free trampolines. */
    private void grow() {
        ArrayDeque<TrampolineSlot> larger = new ArrayDeque<>(slots.size() + TrampolineChunk.TRAMPOLINE_COUNT);
        larger.addAll(free);
        TrampolineChunk chunk = TrampolineChunk.make(heap, heap.zones().of(Domain.DATA));
        chunks.add(chunk);
        for (int index = 0; index < TrampolineChunk.TRAMPOLINE_COUNT; index++) {
            TrampolineSlot slot = new TrampolineSlot(chunk, index);
            slots.add(slot);
            larger.addLast(slot);
        }
        free = larger;
    }

    /** Takes a freed trampoline's place back; where the pool is closed it has given it up already. */
    void giveBack(TrampolineSlot slot) {
        lock.lock();
        try {
            if (!closed) {
                slot.owner = null;
                free.addLast(slot);
            }
        } finally {
            lock.unlock();
        }
    }

    void requireHeapOpen() {
        heap.space().requireOpen();
    }

    private void requireOpen(String action) {
        requireHeapOpen();
        if (closed) {
            throw HeapErrors.poolClosed(action);
        }
    }

    static void requireTarget(long target) {
        if (target <= 0) {
            throw HeapErrors.target(target);
        }
    }
}
