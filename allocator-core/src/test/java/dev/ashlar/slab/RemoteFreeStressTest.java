package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An owner processes its queue continuously while two other threads free its blocks. No mark is lost, no valid free is
 * refused, and a second free by the same thread never succeeds.
 */
class RemoteFreeStressTest {
    private static final int ROUNDS = Integer.getInteger("ashlar.steps", 4_000);
    private static final int BLOCKS = 256;
    private static final int FREERS = 2;

    private final BlockStore store = Stores.of(4);
    private final Owners owners = store.owners;
    private final long[] blocks = new long[BLOCKS];
    /** One permit in each round for each thread that frees. */
    private final List<Semaphore> given = List.of(new Semaphore(0), new Semaphore(0));

    private volatile boolean ended;

    private final AtomicInteger freed = new AtomicInteger();
    private final AtomicLong wrong = new AtomicLong();

    private void freeEverySecond(int self, int byteSize) {
        given.get(self).acquireUninterruptibly();
        while (!ended) {
            for (int index = self; index < BLOCKS; index += FREERS) {
                boolean first = store.free(blocks[index], Holder.ADDRESS) == FreeResult.DONE;
                boolean second = store.free(blocks[index], Holder.ADDRESS) == FreeResult.NOT_LIVE;
                boolean gone = store.startOf(blocks[index] + byteSize - 1) == -1;
                wrong.addAndGet(first && second && gone ? 0 : 1);
            }
            freed.incrementAndGet();
            given.get(self).acquireUninterruptibly();
        }
    }

    /** {@return blocks that the cut runs count as live, marked or not} */
    private long liveOrMarked() {
        return Run.open(store.space).stream().mapToLong(Run::liveBlockCount).sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 1000, 3000})
    void everyMarkIsFoundAndEverySecondFreeIsRefused(int byteSize) throws InterruptedException {
        SlabOwner own = owners.own();
        List<Thread> freers = new ArrayList<>();
        for (int self = 0; self < FREERS; self++) {
            int number = self;
            freers.add(Thread.ofPlatform().daemon().start(() -> freeEverySecond(number, byteSize)));
        }
        long unfound = 0;
        for (int round = 1; round <= ROUNDS && unfound == 0 && wrong.get() == 0; round++) {
            for (int index = 0; index < BLOCKS; index++) {
                blocks[index] = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
            }
            given.forEach(Semaphore::release);
            while (freed.get() < FREERS * round) {
                own.drain();
            }
            own.drain();
            unfound = liveOrMarked();
        }
        ended = true;
        given.forEach(Semaphore::release);
        for (Thread freer : freers) {
            freer.join();
        }
        assertThat(wrong.get()).as("wrong answers").isZero();
        assertThat(unfound).as("blocks whose mark was lost").isZero();
        assertThat(store.lateLoserCount()).isZero();
        store.checkInvariants();
        assertThat(store.trim()).isEqualTo(1);
    }
}
