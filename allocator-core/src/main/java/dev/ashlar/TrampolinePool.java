package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.TrampolineChunk;
import dev.ashlar.heap.Zones;
import dev.ashlar.region.StackRoom;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapDamagedException;
import dev.ashlar.report.HeapExhaustedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
 * <p>The pool makes trampolines 256 at a time, of 16 bytes of code and 8 of data each, and makes more when all are
 * taken. Freed ones are taken again; memory goes back to the heap when the pool is closed. The cells that hold the
 * targets are writable like all data of a heap: who can write there decides where calls go.
 *
 * <p><b>Threads.</b> All methods may be called by any thread.
 */
public final class TrampolinePool implements AutoCloseable {
    private static final int PER_CHUNK = TrampolineChunk.TRAMPOLINE_COUNT;

    private final Zones zones;
    private final Object lock = new Object();
    // Grown together, by doubling. Other threads read the chunks of the trampolines they hold, which never change.
    private volatile TrampolineChunk[] chunks = {};
    private @Nullable Trampoline[] owners = {};
    /**
     * The numbers of free trampolines, a ring: first in, first out. It has room for all, so that a free allocates none.
     */
    private int[] free = {};
    private int chunkCount;
    private int freedChunkCount;
    private int firstFree;
    private int freeCount;
    private volatile boolean closed;

    private TrampolinePool(Zones zones) {
        this.zones = zones;
    }

    static TrampolinePool open(Zones zones, int count) {
        Arguments.requireTrampolineCount(count);
        StackRoom.require();
        TrampolinePool pool = new TrampolinePool(zones);
        try {
            while (pool.freeCount < count) {
                pool.grow();
            }
        } catch (RuntimeException | Error refused) {
            try {
                pool.close();
            } catch (HeapDamagedException gone) {
                // Its blocks are given back with the heap.
            } catch (Error again) {
                // No caller has the pool.
                zones.health.end = again;
            }
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
        synchronized (lock) {
            requireOpen("take()");
            if (freeCount == 0) {
                grow();
            }
            int index = free[firstFree];
            Trampoline trampoline = new Trampoline(this, index);
            point(index, target);
            owners[index] = trampoline;
            firstFree = (firstFree + 1) % free.length;
            freeCount--;
            return trampoline;
        }
    }

    /**
     * {@return how many trampolines are taken}
     *
     * @throws BlockStateException if the pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public int liveCount() {
        synchronized (lock) {
            requireOpen("liveCount()");
            return chunkCount * PER_CHUNK - freeCount;
        }
    }

    /**
     * Frees all trampolines, live ones included, and gives their memory back to the heap. The caller promises that no
     * thread runs through one, and that no code is linked to one. Closing again, or after the heap, does nothing; after
     * an Error it goes on.
     */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed && freedChunkCount == chunkCount) {
                return;
            }
            StackRoom.require();
            closed = true;
            for (Trampoline owner : owners) {
                if (owner != null) {
                    owner.end();
                }
            }
            freeChunks();
        }
    }

    private void freeChunks() {
        try {
            while (freedChunkCount < chunkCount) {
                chunks[freedChunkCount].free();
                freedChunkCount++;
            }
        } catch (HeapClosedException gone) {
            // The heap has given all of it back.
            freedChunkCount = chunkCount;
        }
    }

    /** Makes a chunk of free trampolines. */
    private void grow() {
        if (chunkCount == chunks.length) {
            makeRoom(Math.max(1, 2 * chunkCount));
        }
        chunks[chunkCount] = TrampolineChunk.make(zones);
        int first = chunkCount * PER_CHUNK;
        chunkCount++;
        for (int index = first; index < first + PER_CHUNK; index++) {
            addFree(index);
        }
    }

    private void makeRoom(int chunkCapacity) {
        int[] larger = new int[chunkCapacity * PER_CHUNK];
        for (int position = 0; position < freeCount; position++) {
            larger[position] = free[(firstFree + position) % free.length];
        }
        owners = Arrays.copyOf(owners, larger.length);
        chunks = Arrays.copyOf(chunks, chunkCapacity);
        free = larger;
        firstFree = 0;
    }

    private void addFree(int index) {
        free[(firstFree + freeCount) % free.length] = index;
        freeCount++;
    }

    /** Takes the place of a freed trampoline back. If the pool is closed, the place is gone. */
    void giveBack(int index) {
        synchronized (lock) {
            if (!closed) {
                chunks[index / PER_CHUNK].forgetName(index % PER_CHUNK);
                owners[index] = null;
                addFree(index);
            }
        }
    }

    /** Names a live trampoline. Does nothing if the pool is closed. */
    void name(int index, String name) {
        synchronized (lock) {
            if (!closed) {
                chunks[index / PER_CHUNK].name(zones, index % PER_CHUNK, name);
            }
        }
    }

    long addressOf(int index) {
        return chunks[index / PER_CHUNK].address(index % PER_CHUNK);
    }

    long targetOf(int index) {
        return chunks[index / PER_CHUNK].target(index % PER_CHUNK);
    }

    MethodHandle bind(int index, FunctionDescriptor function, Linker.Option... options) {
        long offset = addressOf(index) - zones.first().base();
        return Binding.link(zones.unmanaged(), offset, TrampolineChunk.STUB_BYTE_SIZE, function, options);
    }

    void point(int index, long target) {
        chunks[index / PER_CHUNK].point(index % PER_CHUNK, target);
    }

    void trap(int index) {
        chunks[index / PER_CHUNK].trap(index % PER_CHUNK);
    }

    String heapName() {
        return zones.name();
    }

    boolean isClosed() {
        return closed;
    }

    void requireHeapOpen() {
        zones.first().requireOpen();
    }

    private void requireOpen(String action) {
        requireHeapOpen();
        if (closed) {
            throw BlockStateException.poolClosed(action, zones.name());
        }
    }

    static void requireTarget(long target) {
        Arguments.requireUserAddress("target", target);
    }
}
