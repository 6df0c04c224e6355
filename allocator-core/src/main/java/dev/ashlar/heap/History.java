package dev.ashlar.heap;

import dev.ashlar.report.FormerBlock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The blocks that were freed last, in a ring that is allocated ahead. A reader skips an entry that is being
 * overwritten.
 *
 * <p>Thread-safe, without a lock and without garbage.
 */
final class History {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int WORDS_PER_BLOCK = 4;
    private static final int ADDRESS = 0;
    private static final int BYTE_SIZE = 1;
    private static final int THREAD_ID = 2;
    private static final int NANO_TIME = 3;

    private final int length;
    private final long[] words;
    private final AtomicLong freedCount = new AtomicLong();

    History(int length) {
        this.length = length;
        this.words = new long[length * WORDS_PER_BLOCK];
    }

    /** Records a block that is about to be freed. */
    void freed(long address, long byteSize) {
        int entry = entryOf(freedCount.getAndIncrement());
        // No reader takes what follows for a block, until its address is there.
        WORD.setVolatile(words, entry + ADDRESS, 0L);
        WORD.setOpaque(words, entry + BYTE_SIZE, byteSize);
        WORD.setOpaque(words, entry + THREAD_ID, Thread.currentThread().threadId());
        WORD.setOpaque(words, entry + NANO_TIME, System.nanoTime());
        WORD.setRelease(words, entry + ADDRESS, address);
    }

    private int entryOf(long number) {
        return (int) (number % length) * WORDS_PER_BLOCK;
    }

    /** {@return the block that had an address and was freed last} */
    Optional<FormerBlock> lastAt(long address) {
        long newest = freedCount.get();
        for (long number = newest - 1; number >= Math.max(0, newest - length); number--) {
            int entry = entryOf(number);
            long start = (long) WORD.getAcquire(words, entry + ADDRESS);
            long byteSize = (long) WORD.getOpaque(words, entry + BYTE_SIZE);
            if (start != 0 && address - start >= 0 && address - start < byteSize) {
                FormerBlock block = new FormerBlock(start, byteSize, (long) WORD.getOpaque(words, entry + THREAD_ID),
                        Duration.ofNanos(System.nanoTime() - (long) WORD.getOpaque(words, entry + NANO_TIME)));
                VarHandle.loadLoadFence();
                if ((long) WORD.getOpaque(words, entry + ADDRESS) == start) {
                    return Optional.of(block);
                }
            }
        }
        return Optional.empty();
    }
}
