package dev.ashlar;

import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.slab.Holder;

/**
 * As {@link Zeroing}, for memory whose pages come when they are used. Free memory of a secret heap is zero already;
 * that a block is cleared again when it is handed out keeps the promise also where somebody wrote to it after its free.
 */
final class SecretZeroing extends Zeroing {
    private final HeapSpace space;

    SecretZeroing(HeapSpace space) {
        super(space);
        this.space = space;
    }

    @Override
    long take(long byteSize, long byteAlignment, Holder holder) {
        long offset = space.take(byteSize, byteAlignment, holder);
        try {
            return clear(offset, byteSize);
        } catch (HeapExhaustedException refused) {
            space.free(offset, holder);
            throw refused;
        }
    }

    @Override
    long clear(long offset, long byteSize) {
        space.populate(offset, byteSize);
        return super.clear(offset, byteSize);
    }
}
