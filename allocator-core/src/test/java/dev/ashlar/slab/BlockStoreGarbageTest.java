package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ashlar.buddy.FakeRegionSource;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A store that has served for a while makes no garbage; a free never does. */
class BlockStoreGarbageTest {
    private static final int EVENTS = 100_000;
    private static final int ROUNDS = 6;
    private static final Holder[] HOLDERS = Holder.values();

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final BlockStore store = Stores.of(32);

    private long allocatedBytes() {
        return threads.getCurrentThreadAllocatedBytes();
    }

    @Test
    void churnAllocatesNothingOnTheJavaHeap() {
        SplittableRandom random = new SplittableRandom(17);
        int[] sizes = random.ints(EVENTS, 0, 14).map(log2 -> random.nextInt(1 << log2, 2 << log2)).toArray();
        int[] slots = random.ints(EVENTS, 0, 3000).toArray();
        long[] live = new long[3000];
        for (int slot = 0; slot < live.length; slot++) {
            live[slot] = Stores.allocate(store, sizes[slot], 4, Holder.ADDRESS);
        }
        assertThat(store.runs().precommit(8)).isTrue();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = allocatedBytes();
            churn(live, slots, sizes);
            least = Math.min(least, allocatedBytes() - before);
        }
        // A round may still open more slabs of a class than any earlier round. Each costs one small object.
        assertThat(least).as("bytes for %d events", EVENTS).isLessThan(EVENTS / 100);
        store.checkInvariants();
    }

    private void churn(long[] live, int[] slots, int[] sizes) {
        for (int event = 0; event < slots.length; event++) {
            int slot = slots[event];
            FreeResult result = store.free(live[slot], Holder.ADDRESS);
            if (result != FreeResult.DONE) {
                throw new AssertionError(result);
            }
            live[slot] = Stores.allocate(store, sizes[event], 4, Holder.ADDRESS);
        }
    }

    /** Each path through parking: one pair, a stack, the quarantine, and enough frees in a row to stop parking. */
    @Test
    void parkingAllocatesNothing() {
        BlockStore code = Stores.over(new FakeRegionSource(8), (offset, byteSize) -> {});
        for (BlockStore each : List.of(store, code)) {
            long[] blocks = new long[500];
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 4 * ROUNDS; round++) {
                long before = allocatedBytes();
                for (Holder holder : HOLDERS) {
                    park(each, blocks, holder);
                }
                least = Math.min(least, allocatedBytes() - before);
            }
            assertThat(least).isZero();
            each.checkInvariants();
        }
    }

    private static void park(BlockStore store, long[] blocks, Holder holder) {
        for (int index = 0; index < blocks.length; index++) {
            blocks[index] = Stores.allocate(store, 16 << index % 9, 4, holder);
        }
        for (int count = 0; count < 100; count++) {
            store.free(Stores.allocate(store, 300, 4, holder), holder);
            store.free(blocks[count], holder);
            blocks[count] = Stores.allocate(store, 16 << count % 9, 4, holder);
            store.find(blocks[count], holder);
        }
        for (long block : blocks) {
            if (store.free(block, holder) != FreeResult.DONE || store.free(block, holder) != FreeResult.NOT_LIVE) {
                throw new AssertionError(block);
            }
        }
    }

    @Test
    void lookupsShrinksAndRefusalsAllocateNothingEither() {
        long middle = Stores.allocate(store, 8000, 4, Holder.OBJECT);
        long large = Stores.allocate(store, 1 << 20, 4, Holder.OBJECT);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = allocatedBytes();
            for (int count = 0; count < 1000; count++) {
                store.startOf(large + 70_000);
                store.judge(middle + 64, Holder.OBJECT);
                store.free(large, Holder.ADDRESS);
                store.free(middle + 1, Holder.OBJECT);
                store.shrink(middle, store.usableByteSize(middle), Holder.OBJECT);
                store.shrink(large, store.usableByteSize(large), Holder.OBJECT);
            }
            least = Math.min(least, allocatedBytes() - before);
        }
        assertThat(least).isZero();
    }

    @Test
    void aFreeThatReleasesRegionsAllocatesNothing() {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long run = Stores.allocate(store, 40 << 20, 4, Holder.ADDRESS);
            assertThat(run).isNotNegative();
            long before = allocatedBytes();
            store.free(run, Holder.ADDRESS);
            least = Math.min(least, allocatedBytes() - before);
            assertThat(store.runs().committedRegionCount()).isEqualTo(1);
        }
        assertThat(least).isZero();
    }

    /** Each of two threads frees the blocks of the other, so that each drains the marks of the other. */
    @Test
    void blocksFreedByAnotherThreadAllocateNothingEither() {
        SplittableRandom random = new SplittableRandom(17);
        int[] sizes = random.ints(5000, 4, 14).map(log2 -> random.nextInt(1 << log2, 2 << log2)).toArray();
        long[] mine = new long[sizes.length];
        long[] others = new long[sizes.length];
        long least = Long.MAX_VALUE;
        try (Actors actors = new Actors()) {
            for (int round = 0; round < 2 * ROUNDS; round++) {
                long here = bytesOf(() -> take(mine, sizes));
                long there = actors.doByOther(() -> bytesOf(() -> {
                    take(others, sizes);
                    free(mine);
                }));
                least = Math.min(least, here + there + bytesOf(() -> free(others)));
            }
            assertThat(least).as("bytes for %d blocks", 2 * sizes.length).isZero();
            assertThat(store.census().liveBlockCount()).isZero();
            assertThat(actors.<Long>doByVirtual(() -> {
                take(mine, sizes);
                free(mine);
                return store.census().liveBlockCount();
            })).isZero();
        }
        store.checkInvariants();
    }

    private long bytesOf(Runnable action) {
        long before = allocatedBytes();
        action.run();
        return allocatedBytes() - before;
    }

    private void take(long[] blocks, int[] sizes) {
        for (int index = 0; index < sizes.length; index++) {
            blocks[index] = Stores.allocate(store, sizes[index], 4, Holder.ADDRESS);
        }
    }

    private void free(long[] blocks) {
        for (long block : blocks) {
            FreeResult result = store.free(block, Holder.ADDRESS);
            if (result != FreeResult.DONE) {
                throw new AssertionError(result);
            }
        }
    }

    @Test
    void theMeasureSeesGarbage() {
        long before = allocatedBytes();
        long[] garbage = new long[100];
        assertThat(allocatedBytes() - before).isGreaterThanOrEqualTo(8L * garbage.length);
    }
}
