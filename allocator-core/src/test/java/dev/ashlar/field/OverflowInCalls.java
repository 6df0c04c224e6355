package dev.ashlar.field;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapDamagedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A thread overflows its stack at every depth inside the calls of a heap, again and again. Afterwards another thread
 * uses the heap, frees everything and closes it; or the heap says that it is damaged, and can be closed.
 */
public final class OverflowInCalls {
    private static final int KIND_COUNT = 5;
    private static final byte[] CODE = new byte[40];

    /** An array: no call that could overflow comes between the heap's return and the store. */
    private static final CodeBlock[] LIVE = new CodeBlock[200_000];
    private static final Random RANDOM = new Random(7);

    private static CodeHeap heap;
    private static int liveCount;
    private static int overflowCount;

    private OverflowInCalls() {}

    public static void main(String[] arguments) throws InterruptedException {
        heap = CodeHeap.builder().writePath(WritePath.valueOf(arguments[0])).build();
        int rounds = Integer.parseInt(arguments[1]);
        for (int round = 0; round < 3000; round++) {
            work(round % KIND_COUNT);
            if (round % KIND_COUNT == KIND_COUNT - 1) {
                while (liveCount > 0) {
                    LIVE[--liveCount].free();
                }
            }
        }
        Thread thread = Thread.ofPlatform().daemon().stackSize(256 << 10).start(() -> {
            for (int round = 0; round < rounds; round++) {
                try {
                    recurse(round % KIND_COUNT);
                } catch (HeapDamagedException damaged) {
                    return;
                }
            }
        });
        thread.join(30_000);
        if (thread.isAlive()) {
            System.out.println("HANGS: " + List.of(thread.getStackTrace()).subList(0, 5));
            Runtime.getRuntime().halt(0);
        }
        Answer.print(OverflowInCalls::useUp);
    }

    private static String useUp() {
        try {
            return "overflows = " + (overflowCount > 0) + useUpIntact();
        } catch (HeapDamagedException damaged) {
            heap.close();
            return "overflows = " + (overflowCount > 0) + ", damaged, closed";
        }
    }

    private static String useUpIntact() {
        List<CodeBlock> all = new ArrayList<>();
        for (int index = 0; index < 2000; index++) {
            all.add(heap.allocate(1 + index));
        }
        all.forEach(CodeBlock::free);
        int again = 0;
        while (liveCount > 0) {
            try {
                LIVE[--liveCount].free();
            } catch (BlockStateException freed) {
                // The free that overflowed had freed the block, but the list did not learn it.
                again++;
            }
        }
        HeapAudit audit = heap.audit();
        long lost = heap.stats().liveBlockCount();
        heap.close();
        return ", freed before = " + (again <= overflowCount) + ", lost = " + lost
                + ", as set = " + (audit.misplaced().isEmpty() && audit.writableAndExecutable().isEmpty()) + ", closed";
    }

    private static void work(int kind) {
        switch (kind) {
            case 0 -> {
                LIVE[liveCount] = heap.allocate(1 + RANDOM.nextInt(5000));
                liveCount++;
            }
            case 1 -> {
                if (liveCount > 0) {
                    LIVE[liveCount - 1].free();
                    liveCount--;
                }
            }
            case 2 -> {
                LIVE[liveCount] = heap.define(CODE);
                liveCount++;
            }
            case 3 -> {
                LIVE[liveCount] = heap.allocate(20_000 + RANDOM.nextInt(100_000));
                liveCount++;
            }
            default -> {
                if (liveCount > 0) {
                    LIVE[liveCount - 1].shrink(1);
                }
            }
        }
    }

    /** Overflows, then tries in every frame on the way back until it comes through. */
    @SuppressWarnings("InfiniteRecursion") // It is meant to overflow.
    private static void recurse(int kind) {
        try {
            recurse(kind);
        } catch (StackOverflowError overflow) {
            try {
                work(kind);
            } catch (StackOverflowError again) {
                overflowCount++;
                throw overflow;
            } catch (BlockStateException freed) {
                overflowCount++;
            }
        }
    }
}
