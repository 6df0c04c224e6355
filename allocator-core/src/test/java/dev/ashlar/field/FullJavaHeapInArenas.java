package dev.ashlar.field;

import dev.ashlar.DataHeap;
import java.lang.foreign.Arena;
import java.util.Arrays;

/** Arenas are opened and closed while the Java heap is full. Afterwards none is open, and the heap can be closed. */
public final class FullJavaHeapInArenas {
    private static final Object[] HOARD = new Object[100_000];

    private static DataHeap heap;
    private static int hoardCount;
    private static int refusedCount;

    private FullJavaHeapInArenas() {}

    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        heap = DataHeap.create();
        for (int round = 0; round < 20_000; round++) {
            use(round % 50 == 0);
        }
        for (int round = 0; round < rounds; round++) {
            hoard();
            for (int index = 0; index < round % 60 && hoardCount > 0; index++) {
                HOARD[--hoardCount] = null;
            }
            use(round % 2 == 0);
            use(round % 3 == 0);
            drop();
        }
        System.out.println("refused = " + (refusedCount > 0) + ", live = " + heap.stats().liveBlockCount());
        heap.close();
        System.out.println("closed");
    }

    private static void hoard() {
        for (int byteSize : new int[] {1 << 16, 1 << 11, 48, 16}) {
            try {
                while (hoardCount < HOARD.length) {
                    HOARD[hoardCount] = new byte[byteSize];
                    hoardCount++;
                }
            } catch (OutOfMemoryError full) {
                refusedCount++;
            }
        }
    }

    private static void drop() {
        Arrays.fill(HOARD, null);
        hoardCount = 0;
    }

    private static void use(boolean shared) {
        Arena arena;
        try {
            arena = shared ? heap.sharedArena() : heap.confinedArena();
        } catch (OutOfMemoryError full) {
            refusedCount++;
            return;
        }
        try {
            arena.allocate(40);
        } catch (OutOfMemoryError full) {
            refusedCount++;
        }
        try {
            arena.close();
        } catch (OutOfMemoryError full) {
            refusedCount++;
            drop();
            arena.close();
        }
    }
}
