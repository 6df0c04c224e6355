package dev.ashlar.heap;

import dev.ashlar.memory.Temperature;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;

/**
 * The block, the unit or the batch that the garbage collector frees when neither it nor a segment or a handle of it is
 * reachable. Each has a lifetime of its own, with an automatic arena.
 *
 * <p>Thread-safe.
 */
public final class Collected extends Lifetime {
    /** Makes the lifetime of one block. */
    public Collected(Zones zones) {
        super(zones, zones.first(), Arena.ofAuto());
    }

    /** Frees blocks once. The collector's cleaner holds it, so it must not hold the arena. */
    private static final class End {
        private final Zones zones;
        private final List<Piece> pieces;
        private boolean isDone;

        End(Zones zones, List<Piece> pieces) {
            this.zones = zones;
            this.pieces = pieces;
        }

        void unreachable(MemorySegment nothing) {
            assert nothing.address() == 0 : "not the segment that freeAtEnd made";
            free();
        }

        synchronized void free() {
            if (!isDone) {
                isDone = true;
                pieces.forEach(Piece::undo);
                zones.collection().ended();
            }
        }

        /** Leaves the blocks to the caller. The arena may hold this object all the same. */
        synchronized void cancel() {
            if (!isDone) {
                isDone = true;
                zones.collection().ended();
            }
        }
    }

    /** Has blocks freed that may not be taken yet, so that no Error can lose them. */
    @SuppressWarnings("restricted")
    private End freeAtEnd(List<Piece> pieces) {
        End end = new End(zones, pieces);
        zones.beginCollected();
        try {
            MemorySegment.NULL.reinterpret(arena, end::unreachable);
            return end;
        } catch (Throwable e) {
            end.cancel();
            throw e;
        }
    }

    @Override
    public void requireOpen() {
        first.requireOpen();
    }

    @Override
    public long take(long byteSize) {
        return take(first, byteSize, 1, Temperature.HOT);
    }

    @Override
    public long take(Space space, long byteSize, long byteAlignment, Temperature temperature) {
        Piece piece = new Piece(space);
        End end = freeAtEnd(List.of(piece));
        try {
            piece.take(byteSize, byteAlignment, temperature);
            return piece.offset();
        } catch (RuntimeException e) {
            // No caller gets a block.
            end.free();
            throw e;
        } finally {
            // Not before the block is taken: the collector frees it once.
            Reference.reachabilityFence(arena);
        }
    }

    @Override
    public void adopt(List<Piece> pieces) {
        var _ = freeAtEnd(List.copyOf(pieces));
    }

    /** {@inheritDoc} The collector frees it. */
    @Override
    public void undo(Space space, long offset) {}

    @Override
    public boolean isFreedByCaller() {
        return false;
    }

    @Override
    public String freedBy() {
        return "the garbage collector";
    }

    @Override
    public <T> T during(Call<T> call) {
        try {
            return call.make();
        } finally {
            // The call uses the block by its offset.
            Reference.reachabilityFence(arena);
        }
    }

    @Override
    public String name() {
        return "the collected code of heap " + zones.name();
    }
}
