package dev.ashlar.tool.soak;

import dev.ashlar.DataHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A data heap: shared arenas. */
final class ArenaSubject extends Subject {
    private static final int MOST_SEGMENTS = 100;

    private final DataHeap heap;

    ArenaSubject(String name, Shadow shadow, int target) {
        super(shadow, target);
        heap = DataHeap.builder().name(name).build();
    }

    @Override
    DataHeap heap() {
        return heap;
    }

    @Override
    OptionalLong expectedBlockCount(boolean isDrained) {
        // An arena may cut many segments from one block.
        return isDrained ? OptionalLong.of(0) : OptionalLong.empty();
    }

    @Override
    Held take(Draw draw) {
        return new ArenaHeld();
    }

    private final class ArenaHeld implements Held {
        private final Arena arena = heap.sharedArena();
        private final List<Marked> segments = new ArrayList<>();

        @Override
        public void check() {
            segments.forEach(Marked::check);
        }

        @Override
        public void use(Draw draw) {
            check();
            for (int more = draw.below(8); more > 0 && segments.size() < MOST_SEGMENTS; more--) {
                MemorySegment segment = arena.allocate(draw.byteSize(), draw.byteAlignment());
                Marked.requireUnwritten(segment.address(), (int) segment.byteSize(), 0);
                segments.add(Marked.data(shadow, segment, draw.stamp()));
            }
        }

        @Override
        public void end() {
            segments.forEach(segment -> segment.release(shadow));
            arena.close();
        }
    }
}
