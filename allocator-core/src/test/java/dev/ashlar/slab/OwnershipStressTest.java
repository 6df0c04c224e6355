package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.region.Health;
import dev.ashlar.region.RegionSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads allocate, shrink, free, pass blocks to others that shrink and free them, end and are replaced while the rest
 * continue. A map of all memory outside the store knows which 16 bytes belong to a live block.
 */
class OwnershipStressTest {
    private static final int REGION_COUNT = 64;
    private static final int NORMAL_STEPS = 60_000;

    /** One unit per 16 bytes of the span: the tag of the live block there, or 0. */
    private final AtomicIntegerArray units = new AtomicIntegerArray(REGION_COUNT << 17);

    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong mostCommitted = new AtomicLong();

    private final BlockStore store = new BlockStore(
            new RegionSource() {
                @Override
                public int regionCount() {
                    return REGION_COUNT;
                }

                @Override
                public boolean commit(int region) {
                    long now = committed.incrementAndGet();
                    mostCommitted.accumulateAndGet(now, Math::max);
                    return true;
                }

                @Override
                public boolean release(int region) {
                    committed.decrementAndGet();
                    return true;
                }

                @Override
                public boolean isCommitted(int region) {
                    throw new AssertionError("no Error cuts a change short here: region=" + region);
                }
            },
            this::requireNoLiveUnit,
            new Object(),
            new Health("stress"),
            () -> committed.get() << 21);

    private record Block(long offset, int byteSize, int tag, Holder holder) {}

    @Seeded
    void noTwoBlocksOfAnyThreadsEverOverlap(long seed) throws Exception {
        run(seed, Thread.ofPlatform().factory(), 4, 1);
    }

    @Seeded
    void memoryOfThreadsThatEndedIsUsedAgain(long seed) throws Exception {
        run(seed, Thread.ofPlatform().factory(), 3, 40);
        run(seed, Thread.ofPlatform().factory(), 3, 4);
        if (Seeds.isFixed(seed)) {
            assertThat(mostCommitted.get()).as("most regions at a time").isLessThan(REGION_COUNT / 2);
        }
    }

    @Seeded
    void virtualThreadsAllocateAndFreeLikeOthers(long seed) throws Exception {
        run(seed, Thread.ofVirtual().factory(), 6, 1);
    }

    /** Runs {@code count} places at once; in each of them, {@code lives} threads follow each other. */
    private void run(long seed, ThreadFactory factory, int count, int lives) throws Exception {
        List<BlockingQueue<Block>> inboxes = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            inboxes.add(new ArrayBlockingQueue<>(512));
        }
        List<Callable<Void>> places = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            int self = index;
            places.add(() -> serve(seed, factory, inboxes, self, lives));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> done : threads.invokeAll(places, 10, TimeUnit.MINUTES)) {
                done.get();
            }
        }
        for (BlockingQueue<Block> inbox : inboxes) {
            inbox.forEach(this::free);
        }
        store.trim();
        assertThat(store.census().liveBlockCount()).as("live blocks").isZero();
        assertThat(store.census().liveByteSize()).as("live bytes").isZero();
        store.checkInvariants();
        assertThat(committed.get()).as("regions after everything was freed").isZero();
    }

    private Void serve(long seed, ThreadFactory factory, List<BlockingQueue<Block>> inboxes, int self, int lives)
            throws Exception {
        // The live blocks that a thread leaves when it ends.
        List<Block> own = new ArrayList<>();
        for (int life = 0; life < lives; life++) {
            SplittableRandom random = new SplittableRandom(seed + 1000L * life + self);
            FutureTask<Void> work = new FutureTask<>(
                    () -> work(random, own, inboxes, self, (int) Seeds.stepCount(NORMAL_STEPS) / lives));
            Thread thread = factory.newThread(work);
            thread.start();
            thread.join();
            work.get();
        }
        own.forEach(this::free);
        return null;
    }

    private Void work(
            SplittableRandom random, List<Block> own, List<BlockingQueue<Block>> inboxes, int self, int steps) {
        for (int step = 0; step < steps; step++) {
            int what = random.nextInt(100);
            if (what < 45 && own.size() < 2_000) {
                own.add(allocate(random));
            } else if (what < 70 && !own.isEmpty()) {
                free(take(own, random));
            } else if (what < 85 && !own.isEmpty()) {
                Block block = take(own, random);
                if (!inboxes.get(random.nextInt(inboxes.size())).offer(block)) {
                    free(block);
                }
            } else if (what < 87 && !own.isEmpty()) {
                own.add(shrink(take(own, random), random));
            } else {
                Block block = inboxes.get(self).poll();
                if (block != null) {
                    free(what < 93 ? shrink(block, random) : block);
                }
            }
        }
        return null;
    }

    private static Block take(List<Block> blocks, SplittableRandom random) {
        int index = random.nextInt(blocks.size());
        Block taken = blocks.get(index);
        Block last = blocks.removeLast();
        if (index < blocks.size()) {
            blocks.set(index, last);
        }
        return taken;
    }

    private Block allocate(SplittableRandom random) {
        int log2Size = random.nextInt(4, random.nextInt(100) == 0 ? 17 : 12);
        int byteSize = (1 << log2Size) + random.nextInt(1 << log2Size);
        int log2Alignment = random.nextInt(20) == 0 ? random.nextInt(4, 14) : 4;
        Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
        long offset = Stores.allocate(store, byteSize, log2Alignment, holder);
        int tag = random.nextInt(1, Integer.MAX_VALUE);
        require(offset >= 0, "no room for " + byteSize);
        require((offset & ((1L << log2Alignment) - 1)) == 0, "alignment of " + offset);
        require(store.usableByteSize(offset) >= byteSize, "usable bytes at " + offset);
        require(store.startOf(offset + random.nextInt(byteSize)) == offset, "lookup at " + offset);
        for (long unit = offset >> 4; unit < (offset + byteSize + 15) >> 4; unit++) {
            require(units.compareAndSet((int) unit, 0, tag), "overlap at unit " + unit);
        }
        return new Block(offset, byteSize, tag, holder);
    }

    private Block shrink(Block block, SplittableRandom random) {
        int kept = Math.min(block.byteSize, 16 * random.nextInt(1, block.byteSize / 16 + 1));
        for (long unit = (block.offset + kept) >> 4; unit < (block.offset + block.byteSize + 15) >> 4; unit++) {
            require(units.compareAndSet((int) unit, block.tag, 0), "foreign tag at unit " + unit);
        }
        FreeResult result = store.shrink(block.offset, kept, block.holder);
        require(result == FreeResult.DONE, result + " shrinking " + block);
        require(store.usableByteSize(block.offset) >= kept, "usable bytes at " + block.offset);
        return new Block(block.offset, kept, block.tag, block.holder);
    }

    private void free(Block block) {
        for (long unit = block.offset >> 4; unit < (block.offset + block.byteSize + 15) >> 4; unit++) {
            require(units.compareAndSet((int) unit, block.tag, 0), "foreign tag at unit " + unit);
        }
        FreeResult result = store.free(block.offset, block.holder);
        require(result == FreeResult.DONE, result + " freeing " + block);
    }

    private void requireNoLiveUnit(long offset, long byteSize) {
        for (long unit = offset >> 4; unit < (offset + byteSize) >> 4; unit++) {
            require(units.get((int) unit) == 0, "erased under a live block: unit " + unit);
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
