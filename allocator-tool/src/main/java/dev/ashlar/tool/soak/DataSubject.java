package dev.ashlar.tool.soak;

import dev.ashlar.DataHeap;
import dev.ashlar.memory.TrimEffort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A data heap: segments, raw addresses, and arenas that are closed at once. */
final class DataSubject extends Subject {
    private static final int ZERO = 0;

    private final DataHeap heap;

    DataSubject(String name, Shadow shadow, int target) {
        super(shadow, target);
        heap = DataHeap.builder().name(name).build();
    }

    @Override
    DataHeap heap() {
        return heap;
    }

    @Override
    void maintain(Draw draw) {
        if (draw.oneIn(4)) {
            heap.trim(TrimEffort.FREE_PAGES);
        } else {
            super.maintain(draw);
        }
    }

    @Override
    @Nullable Held take(Draw draw) {
        int kind = draw.below(100);
        if (kind < 5) {
            useArena(shadow, heap.confinedArena(), draw);
            return null;
        }
        return kind < 40 ? new SegmentHeld(draw) : new AddressHeld(draw);
    }

    /** Takes, writes and checks segments of an arena, and closes it. */
    static void useArena(Shadow shadow, Arena arena, Draw draw) {
        try (arena) {
            Marked[] taken = new Marked[1 + draw.below(8)];
            for (int index = 0; index < taken.length; index++) {
                MemorySegment segment = arena.allocate(draw.byteSize(), draw.byteAlignment());
                Marked.requireUnwritten(segment.address(), (int) segment.byteSize(), ZERO);
                taken[index] = Marked.data(shadow, segment, draw.stamp());
            }
            for (Marked contents : taken) {
                contents.release(shadow);
            }
        }
    }

    private final class SegmentHeld implements Held {
        private final MemorySegment segment;
        private final Marked contents;

        SegmentHeld(Draw draw) {
            segment = heap.allocate(draw.byteSize(), draw.byteAlignment());
            Marked.requireUnwritten(segment.address(), (int) segment.byteSize(), ZERO);
            contents = Marked.data(shadow, segment, draw.stamp());
            noteLive(1);
        }

        @Override
        public void check() {
            contents.check();
        }

        @Override
        public void use(Draw draw) {
            contents.check();
            requireRefused("free", segment.address() + 1, () -> heap.free(segment.asSlice(1)));
            requireRefused("free", segment.address(), () -> heap.addresses().free(segment.address()));
        }

        @Override
        public void end() {
            contents.release(shadow);
            heap.free(segment);
            noteLive(-1);
        }
    }

    private final class AddressHeld implements Held {
        private final Marked contents;

        AddressHeld(Draw draw) {
            int byteSize = draw.byteSize();
            long address;
            if (draw.oneIn(4)) {
                address = heap.addresses().allocateZeroed(byteSize);
                Marked.requireUnwritten(address, byteSize, ZERO);
            } else {
                address = heap.addresses().allocate(byteSize, draw.byteAlignment());
            }
            contents = Marked.data(shadow, address, byteSize, draw.stamp());
            noteLive(1);
        }

        @Override
        public void check() {
            contents.check();
        }

        @Override
        public void use(Draw draw) {
            contents.check();
            long address = contents.address();
            long inside = address + draw.below(contents.byteSize());
            SoakFailure.require(heap.addresses().blockContaining(inside) == address, "another block is there", inside);
            SoakFailure.require(heap.addresses().usableByteSize(address) >= contents.byteSize(),
                    "a block is smaller than was asked for", address);
            requireRefused("free", address + 1, () -> heap.addresses().free(address + 1));
        }

        @Override
        public void end() {
            contents.release(shadow);
            heap.addresses().free(contents.address());
            noteLive(-1);
        }
    }
}
