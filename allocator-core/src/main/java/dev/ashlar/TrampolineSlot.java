package dev.ashlar;

import org.jspecify.annotations.Nullable;

/** The place of one trampoline in its chunk; made once, taken and given back by any number of trampolines. */
final class TrampolineSlot {
    private final TrampolineChunk chunk;
    private final int index;
    /** Who has it, or had it last; guarded by the pool's lock. */
    @Nullable Trampoline owner;

    TrampolineSlot(TrampolineChunk chunk, int index) {
        this.chunk = chunk;
        this.index = index;
    }

    long address() {
        return chunk.address(index);
    }

    long target() {
        return chunk.target(index);
    }

    /** Leads whoever comes by to an address, which sees what was stored before. */
    void point(long target) {
        chunk.point(index, target);
    }

    /** Leads whoever comes by into the trap that follows the stub's own jump, so that the crash names the stub. */
    void trap() {
        chunk.trap(index);
    }
}
