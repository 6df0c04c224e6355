package dev.ashlar.tool.soak;

import dev.ashlar.SecretHeap;
import java.lang.foreign.MemorySegment;
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
        return new SegmentHeld(draw);
    }

    private final class SegmentHeld implements Held {
        private final MemorySegment segment;
        private final Marked contents;

        SegmentHeld(Draw draw) {
            segment = heap.allocate(Math.min(draw.byteSize(), LARGEST), 1);
            Marked.requireUnwritten(segment.address(), (int) segment.byteSize(), 0);
            contents = Marked.data(shadow, segment, draw.stamp());
            noteLive(1);
        }

        @Override
        public void check() {
            contents.check();
        }

        @Override
        public void end() {
            contents.release(shadow);
            heap.free(segment);
            noteLive(-1);
        }
    }
}
