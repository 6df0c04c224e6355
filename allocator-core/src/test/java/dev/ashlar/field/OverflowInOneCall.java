package dev.ashlar.field;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapDamagedException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/**
 * One overflow of the stack in one call, at every depth in turn, each in a heap of its own. Then the heap hands out no
 * byte twice, loses no block and can be closed; or it says that it is damaged, and can be closed.
 */
public final class OverflowInOneCall {
    private static final int KIND_COUNT = 9;
    private static final byte[] CODE = new byte[200];
    private static final int SECONDS = 5;
    private static final CodeBlock[] LIVE = new CodeBlock[10_000];

    private static CodeHeap heap;
    private static int liveCount;
    private static int kind;
    private static int skip;
    private static boolean overflowed;

    private OverflowInOneCall() {}

    public static void main(String[] arguments) throws InterruptedException {
        int depths = Integer.parseInt(arguments[0]);
        Map<String, Integer> seen = new TreeMap<>();
        for (kind = 0; kind < KIND_COUNT; kind++) {
            prepare();
            work();
            check();
        }
        for (kind = 0; kind < KIND_COUNT; kind++) {
            for (int depth = 0; depth < depths; depth++) {
                prepare();
                skip = depth;
                overflowed = false;
                Thread thread = Thread.ofPlatform().stackSize(192 << 10).daemon().start(OverflowInOneCall::recurse);
                thread.join(SECONDS * 1000L);
                String result = thread.isAlive() ? "HANGS in the call" : Answer.of(OverflowInOneCall::check, SECONDS);
                if (overflowed || thread.isAlive()) {
                    seen.merge("kind " + kind + ": " + result, 1, Integer::sum);
                }
            }
        }
        seen.forEach((result, count) -> System.out.println(count + " x " + result));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void prepare() {
        CodeHeapBuilder builder = CodeHeap.builder().capacity(8 << 20).constantCapacity(0).dataCapacity(0);
        heap = (kind == 8 ? builder.writePath(WritePath.POKE).constants(ConstantPlacement.WITH_CODE) : builder).build();
        liveCount = 0;
        LIVE[liveCount++] = heap.allocate(60_000);
        for (int index = 0; index < 40; index++) {
            LIVE[liveCount++] = heap.allocate(100 + 13 * index);
        }
    }

    private static void work() {
        switch (kind) {
            case 0 -> LIVE[liveCount] = heap.allocate(300);
            case 1 -> LIVE[3].free();
            case 2 -> LIVE[liveCount] = heap.allocate(40_000);
            case 3 -> LIVE[0].free();
            case 4 -> LIVE[liveCount] = heap.allocate(100);
            case 5 -> LIVE[liveCount] = heap.allocate(3 << 20);
            case 6 -> LIVE[liveCount] = heap.define(CODE);
            case 8 -> heap.define(MemorySegment.ofArray(CODE), MemorySegment.ofArray(CODE), _ -> {}).free();
            default -> {
                heap.trim();
                heap.stats();
            }
        }
    }

    @SuppressWarnings("InfiniteRecursion") // It is meant to overflow.
    private static void recurse() {
        try {
            recurse();
        } catch (StackOverflowError overflow) {
            if (skip-- > 0) {
                throw overflow;
            }
            try {
                work();
            } catch (StackOverflowError again) {
                overflowed = true;
            }
        }
    }

    /** Takes small blocks until half the heap is full, looks for a byte in two of them, frees all, closes. */
    private static String check() {
        try {
            return checkIntact();
        } catch (HeapDamagedException damaged) {
            heap.close();
            return "damaged, closed";
        }
    }

    private static String checkIntact() {
        if (kind == 1 || kind == 3) {
            freeAgain(kind == 1 ? 3 : 0);
        }
        TreeMap<Long, CodeBlock> all = new TreeMap<>();
        for (int index = 0; index <= liveCount; index++) {
            if (LIVE[index] != null) {
                all.put(LIVE[index].address(), LIVE[index]);
                LIVE[index] = null;
            }
        }
        for (int index = 0; index < 6000; index++) {
            CodeBlock block = heap.allocate(1 + index * 37 % 900);
            if (overlaps(all.floorEntry(block.address() + block.byteSize() - 1), block.address())) {
                return "OVERLAP of two live blocks";
            }
            all.put(block.address(), block);
        }
        all.values().forEach(CodeBlock::free);
        heap.trim();
        long lost = heap.stats().liveBlockCount();
        heap.close();
        return lost + " blocks lost, closed";
    }

    private static boolean overlaps(Map.Entry<Long, CodeBlock> below, long address) {
        return below != null && below.getKey() + below.getValue().byteSize() > address;
    }

    /** Whether or not the call that overflowed freed the block, it is free after this. */
    private static void freeAgain(int index) {
        try {
            LIVE[index].free();
        } catch (BlockStateException freed) {
            // The first call freed it.
        }
        LIVE[index] = null;
    }
}
