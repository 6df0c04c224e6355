package dev.ashlar.field;

import dev.ashlar.DataHeap;
import java.lang.foreign.Arena;

/** A thread overflows its stack while it uses arenas of a heap. Afterwards none is open, and the heap can be closed. */
public final class OverflowInArenas {
    private static final DataHeap HEAP = DataHeap.create();

    private static int overflowCount;

    private OverflowInArenas() {}

    public static void main(String[] arguments) throws InterruptedException {
        for (int round = 0; round < 3000; round++) {
            use();
        }
        Thread thread = Thread.ofPlatform().stackSize(256 << 10).start(() -> {
            for (int round = 0; round < 300; round++) {
                recurse();
            }
        });
        thread.join();
        Answer.print(() -> {
            HEAP.stats();
            HEAP.close();
            return "overflows = " + (overflowCount > 0) + ", closed";
        });
    }

    private static void use() {
        Arena arena = HEAP.confinedArena();
        try {
            arena.allocate(40);
        } finally {
            arena.close();
        }
    }

    /** Overflows, then tries in every frame on the way back until it comes through. */
    @SuppressWarnings("InfiniteRecursion") // It is meant to overflow.
    private static void recurse() {
        try {
            recurse();
        } catch (StackOverflowError overflow) {
            try {
                use();
            } catch (StackOverflowError again) {
                overflowCount++;
                throw overflow;
            } catch (IllegalStateException closed) {
                // The arena was closed by the call that overflowed.
                overflowCount++;
            }
        }
    }
}
