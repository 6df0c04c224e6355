package dev.ashlar.field;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One virtual thread publishes or shrinks a block that another frees, with one carrier for both, while two platform
 * threads keep the heap's locks busy.
 */
public final class VirtualThreads {
    private static final int BLOCK_BYTE_SIZE = 4096;

    private VirtualThreads() {}

    public static void main(String[] arguments) throws InterruptedException {
        WritePath path = WritePath.valueOf(arguments[0]);
        boolean publishes = arguments[1].equals("publish");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[2]));
        CodeHeap heap = CodeHeap.builder().capacity(64L << 20).writePath(path).build();
        byte[] code = new byte[BLOCK_BYTE_SIZE];
        for (int index = 0; index < 2; index++) {
            Thread.ofPlatform().daemon().start(() -> keepBusy(heap, publishes, code));
        }
        long rounds = 0;
        while (System.nanoTime() < end) {
            CodeBlock block = heap.allocate(BLOCK_BYTE_SIZE);
            if (path != WritePath.ALIAS) {
                block.writable().copyFrom(MemorySegment.ofArray(code));
            }
            CountDownLatch both = new CountDownLatch(2);
            start(publishes ? block::publish : () -> block.shrink(1000), both);
            start(block::free, both);
            if (!both.await(20, TimeUnit.SECONDS)) {
                System.out.println("HANGS after " + rounds + " rounds");
                System.out.flush();
                Runtime.getRuntime().halt(0);
            }
            rounds++;
        }
        System.out.println("rounds = " + (rounds > 0));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void start(Runnable call, CountDownLatch done) {
        Thread.ofVirtual().start(() -> {
            try {
                call.run();
            } catch (AshlarException lost) {
                // The other thread was first.
            } finally {
                done.countDown();
            }
        });
    }

    private static void keepBusy(CodeHeap heap, boolean publishes, byte[] code) {
        while (true) {
            CodeBlock block = publishes ? heap.define(code) : heap.allocate(2L << 20);
            block.free();
            heap.trim();
        }
    }
}
