package dev.ashlar.heap;

import dev.ashlar.report.FormerBlock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that were freed last, in a ring that is allocated ahead. A reader skips an entry that is being
 * overwritten.
 *
 * <p>Thread-safe, without a lock and without garbage.
 */
final class History {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle NAME = MethodHandles.arrayElementVarHandle(String[].class);
    private static final int WORDS_PER_BLOCK = 5;
    /** The number of the block, from 1 on; 0 if there is none yet. */
    private static final int NUMBER = 0;
    private static final int ADDRESS = 1;
    private static final int BYTE_SIZE = 2;
    private static final int THREAD_ID = 3;
    private static final int NANO_TIME = 4;
    private static final long BEING_WRITTEN = -1;

    private final int length;
    private final long[] words;
    private final @Nullable String[] names;
    private final AtomicLong freedCount = new AtomicLong();

    History(int length) {
        this.length = length;
        this.words = new long[length * WORDS_PER_BLOCK];
        this.names = new String[length];
    }

    /** Records a block that is about to be freed, unless another thread, which was overtaken, writes its entry. */
    void freed(long address, long byteSize, @Nullable String name) {
        long number = freedCount.incrementAndGet();
        int entry = entryOf(number);
        long before = (long) WORD.getAcquire(words, entry + NUMBER);
        if (before == BEING_WRITTEN || !WORD.compareAndSet(words, entry + NUMBER, before, BEING_WRITTEN)) {
            return;
        }
        WORD.setOpaque(words, entry + ADDRESS, address);
        WORD.setOpaque(words, entry + BYTE_SIZE, byteSize);
        WORD.setOpaque(words, entry + THREAD_ID, Thread.currentThread().threadId());
        WORD.setOpaque(words, entry + NANO_TIME, System.nanoTime());
        NAME.setOpaque(names, (int) (number % length), name);
        WORD.setRelease(words, entry + NUMBER, number);
    }

    private Optional<String> nameOf(long number) {
        return Optional.ofNullable((String) NAME.getOpaque(names, (int) (number % length)));
    }

    private int entryOf(long number) {
        return (int) (number % length) * WORDS_PER_BLOCK;
    }

    /** {@return the block that had an address and was freed last} */
    Optional<FormerBlock> lastAt(long address) {
        long newest = freedCount.get();
        for (long number = newest; number > Math.max(0, newest - length); number--) {
            int entry = entryOf(number);
            long found = (long) WORD.getAcquire(words, entry + NUMBER);
            long start = (long) WORD.getOpaque(words, entry + ADDRESS);
            long byteSize = (long) WORD.getOpaque(words, entry + BYTE_SIZE);
            if (found > 0 && address - start >= 0 && address - start < byteSize) {
                FormerBlock block = new FormerBlock(start, byteSize, nameOf(number),
                        (long) WORD.getOpaque(words, entry + THREAD_ID),
                        Duration.ofNanos(System.nanoTime() - (long) WORD.getOpaque(words, entry + NANO_TIME)));
                VarHandle.loadLoadFence();
                if ((long) WORD.getOpaque(words, entry + NUMBER) == found) {
                    return Optional.of(block);
                }
            }
        }
        return Optional.empty();
    }
}
