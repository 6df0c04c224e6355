package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.region.Zone;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.slab.BlockStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A buffer for code or constants that cannot be written in place before they are published. It is a block of the
 * heap's zone for data, or memory of the garbage collector if that zone has no room.
 */
public final class Staging {
    private final @Nullable Piece piece;
    private final MemorySegment segment;

    private Staging(@Nullable Piece piece, MemorySegment segment) {
        this.piece = piece;
        this.segment = segment;
    }

    /** {@return a buffer for a block of a domain: full of traps for code, of zeros for constants} */
    public static Staging of(Zones zones, Domain domain, long byteSize) {
        Staging staging = take(zones, byteSize);
        if (domain == Domain.CODE) {
            Zone.fillWithTraps(staging.segment);
        } else {
            staging.segment.fill((byte) 0);
        }
        return staging;
    }

    private static Staging take(Zones zones, long byteSize) {
        if (byteSize <= zones.span().byteSizeOf(Domain.DATA)) {
            try {
                Space data = zones.of(Domain.DATA, byteSize);
                Piece piece = new Piece(data, byteSize, BlockStore.MINIMUM_ALIGNMENT);
                return new Staging(piece, data.zone().writable().asSlice(piece.offset(), byteSize));
            } catch (HeapExhaustedException full) {
                // Use the garbage collector's memory.
            }
        }
        return new Staging(null, Arena.ofAuto().allocate(byteSize));
    }

    /** {@return the buffer} */
    public MemorySegment segment() {
        return segment;
    }

    /** Gives the buffer back. */
    public void free() {
        if (piece != null) {
            piece.free();
        }
    }
}
