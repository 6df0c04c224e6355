package dev.ashlar.tool.soak;

import dev.ashlar.SecretHeap;
import org.jspecify.annotations.Nullable;

/** A secret heap: segments, and arenas that are closed at once. */
final class SecretSubject extends Subject {
    private static final long CAPACITY = 4L << 20;
    private static final int LARGEST = 4096;

    private final SecretHeap heap;

    SecretSubject(String name, Shadow shadow, int target) {
        super(shadow, target);
        heap = SecretHeap.builder().name(name).capacity(CAPACITY).build();
    }

    @Override
    SecretHeap heap() {
        return heap;
    }

    @Override
    @Nullable Held take(Draw draw) {
        if (draw.oneIn(8)) {
            DataSubject.useArena(shadow, heap.confinedArena(), draw);
            return null;
        }
        int byteSize = Math.min(draw.byteSize(), LARGEST);
        return new SegmentHeld(this, heap::free, heap.allocate(byteSize, 1), draw);
    }
}
