package dev.ashlar.tool.soak;

import dev.ashlar.DataAddresses;
import dev.ashlar.DataHeap;
import dev.ashlar.memory.TrimEffort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A data heap: segments, raw addresses, and arenas that are closed at once. */
final class DataSubject extends Subject {
    private static final int ZERO = 0;

    private final DataHeap heap;
    private final AddressHeld.Calls calls;

    DataSubject(String name, Shadow shadow, int target) {
        super(shadow, target);
        heap = DataHeap.builder().name(name).build();
        DataAddresses addresses = heap.addresses();
        calls = new AddressHeld.Calls(addresses::free, addresses::blockContaining, addresses::usableByteSize);
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
        return kind < 40
                ? new SegmentHeld(this, heap::free, heap.allocate(draw.byteSize(), draw.byteAlignment()), draw)
                : new AddressHeld(this, calls, takeAddress(draw));
    }

    private Marked takeAddress(Draw draw) {
        int byteSize = draw.byteSize();
        long address;
        if (draw.oneIn(4)) {
            address = heap.addresses().allocateZeroed(byteSize);
            Marked.requireUnwritten(address, byteSize, ZERO);
        } else {
            address = heap.addresses().allocate(byteSize, draw.byteAlignment());
        }
        return Marked.data(shadow, address, byteSize, draw.stamp());
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
}
