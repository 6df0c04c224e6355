package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Another thread receives the block that its owner handed out last, looks it up and frees it, while the owner frees
 * other blocks. Although the owner remembers its last calls, the block is live until the other thread frees it.
 */
class HandOverStressTest {
    private static final int ROUNDS = Integer.getInteger("ashlar.steps", 50_000);
    private static final int BLOCKS_A_ROUND = 4;

    private final BlockStore store = Stores.of(4);
    private final AtomicLong handed = new AtomicLong(-1);
    private final AtomicLong wrong = new AtomicLong();

    private void freeWhatIsHandedOver(int byteSize) {
        for (int round = 0; round < ROUNDS; round++) {
            long offset = handed.get();
            for (int spins = 0; offset < 0; spins++) {
                pause(spins);
                offset = handed.get();
            }
            boolean found = store.startOf(offset + byteSize - 1) == offset
                    && store.judge(offset, Holder.OBJECT) == FreeResult.DONE;
            boolean freed = store.free(offset, Holder.OBJECT) == FreeResult.DONE;
            boolean gone = store.free(offset, Holder.OBJECT) == FreeResult.NOT_LIVE;
            wrong.addAndGet(found && freed && gone ? 0 : 1);
            handed.set(-1);
        }
    }

    /** Spins if the other thread has a processor, and yields if not. */
    @SuppressWarnings("ThreadPriorityCheck") // only a hint: nothing depends on the next thread to run
    private static void pause(int spins) {
        if (spins < 200) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 16", "16, 1000", "1000, 1000", "4096, 16"})
    void aBlockIsLiveUntilTheThreadThatReceivedItFreesIt(int byteSize, int otherByteSize) throws InterruptedException {
        long[] others = new long[BLOCKS_A_ROUND];
        Thread freer = Thread.ofPlatform().daemon().start(() -> freeWhatIsHandedOver(byteSize));
        for (int round = 0; round < ROUNDS && freer.isAlive(); round++) {
            for (int index = 0; index < others.length; index++) {
                others[index] = Stores.allocate(store, otherByteSize, 4, Holder.OBJECT);
            }
            // Freed and taken again, so that the owner remembers this block.
            store.free(Stores.allocate(store, byteSize, 4, Holder.OBJECT), Holder.OBJECT);
            handed.set(Stores.allocate(store, byteSize, 4, Holder.OBJECT));
            for (long other : others) {
                wrong.addAndGet(store.free(other, Holder.OBJECT) == FreeResult.DONE ? 0 : 1);
            }
            for (int spins = 0; handed.get() >= 0; spins++) {
                pause(spins);
            }
        }
        freer.join();
        assertThat(wrong.get()).as("wrong answers in %d rounds", ROUNDS).isZero();
        assertThat(store.lateLoserCount()).isZero();
        assertThat(store.census().liveBlockCount()).isZero();
        store.checkInvariants();
        assertThat(store.trim()).isEqualTo(1);
    }
}
