package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.region.SharedArenas;
import dev.ashlar.region.Zone;
import dev.ashlar.report.BlockStateException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A buffer for code or constants that are not written in place before they are published.
 *
 * <p>It is memory of the garbage collector, which keeps it for as long as a caller can reach a segment of it. So it
 * never becomes the buffer of another block, and a write that comes too late changes nothing that is used. If the heap
 * checks late writes, such a write throws.
 *
 * <p>Not thread-safe.
 */
public final class Staging {
    private final MemorySegment buffer;
    private final boolean checked;
    /** The life of what was handed out, if late writes are checked. */
    private @Nullable Arena handedOut;
    /** The latest segment that was handed out: each one adds an action to its arena. */
    private @Nullable MemorySegment latest;

    private Staging(MemorySegment buffer, boolean checked) {
        this.buffer = buffer;
        this.checked = checked;
    }

    /** {@return a buffer for a block of a domain: full of traps for code, of zeros for constants} */
    public static Staging of(Zones zones, Domain domain, long byteSize) {
        MemorySegment buffer = Arena.ofAuto().allocate(byteSize);
        if (domain == Domain.CODE) {
            Zone.fillWithTraps(buffer);
        }
        return new Staging(buffer, zones.checksLateWrites());
    }

    /** {@return the buffer, for the heap itself} */
    public MemorySegment buffer() {
        return buffer;
    }

    /** {@return the buffer, for a caller to write to until {@link #end}} */
    public MemorySegment segment() {
        if (!checked) {
            return buffer;
        }
        Arena life = handedOut;
        if (life == null) {
            life = SharedArenas.open();
            handedOut = life;
        }
        return segment(life);
    }

    /** {@return the buffer, for a caller to write to until the arena is closed} */
    @SuppressWarnings("restricted")
    public MemorySegment segment(Arena life) {
        MemorySegment found = latest;
        if (found == null || !found.scope().equals(life.scope())) {
            found = buffer.reinterpret(life, this::ended);
            latest = found;
        }
        return found;
    }

    /** An action of the arena: so the arena's segments keep this object and its buffer. */
    private void ended(MemorySegment handed) {
        assert handed.byteSize() == buffer.byteSize();
    }

    /**
     * Ends what {@link #segment} returned, if late writes are checked.
     *
     * @param action the call that ends it
     * @param subject the block
     * @throws BlockStateException if a running downcall was given it; then nothing has changed
     */
    public void end(String action, String subject) {
        Arena life = handedOut;
        if (life != null) {
            try {
                SharedArenas.close(life);
            } catch (IllegalStateException inUse) {
                throw BlockStateException.bufferInUse(action, subject, inUse);
            }
            handedOut = null;
        }
    }
}
