package dev.ashlar.slab;

/**
 * The block that an owner freed last, while it is neither parked nor handed out. Its lines say that it is live, so
 * other threads look here. It has cache lines of its own, because the owner writes its other fields all the time.
 */
final class LastFreed extends Apart {
    static final long NONE = -1;

    /** The offset of the block, or {@link #NONE}. Only the owner writes it. */
    long offset = NONE;
}
