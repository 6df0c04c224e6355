package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.memory.Temperature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Errors come out of commits, releases and erasures, and the store has to rebuild its bookkeeping: no block is lost,
 * none overlaps another, and all counts follow from the live blocks.
 */
class StoreRebuildTest {
    private static final int REGION_COUNT = 10;

    private final Source source = new Source();
    private final BlockStore store = Stores.over(source, (offset, byteSize) -> source.failIfDue());
    private final TreeMap<Long, Block> model = new TreeMap<>();
    private final List<Long> starts = new ArrayList<>();
    private int failureCount;

    private record Block(long usable, Holder holder) {}

    private static final class Source extends FakeRegionSource {
        /** The call that fails, counted from now; none if it is negative. */
        private int failingCall = -1;

        Source() {
            super(REGION_COUNT);
        }

        void failIfDue() {
            if (failingCall-- == 0) {
                throw new StackOverflowError("test");
            }
        }

        @Override
        public boolean commit(int region) {
            failIfDue();
            return super.commit(region);
        }

        @Override
        public boolean release(int region) {
            failIfDue();
            return super.release(region);
        }
    }

    @Seeded
    void errorsLoseNoBlock(long seed) {
        Seeds.run(seed, 4_000, random -> {
            source.failingCall = random.nextInt(4) == 0 ? random.nextInt(3) : -1;
            try {
                step(random);
            } catch (StackOverflowError expected) {
                failureCount++;
            }
            source.failingCall = -1;
            if (random.nextInt(100) == 0) {
                requireRebuild(random);
            }
            if (random.nextInt(40) == 0) {
                compare();
            }
        });
        if (Seeds.isFixed(seed)) {
            assertThat(failureCount).isGreaterThan(100);
        }
        List.copyOf(model.keySet()).forEach(this::free);
        store.trim();
        compare();
        assertThat(source.committedRegionCount()).isZero();
    }

    private void step(SplittableRandom random) {
        int kind = random.nextInt(200);
        if (kind == 0) {
            store.trim();
        } else if (kind < (model.size() < 1500 ? 120 : 60)) {
            allocate(random);
        } else if (!model.isEmpty()) {
            int index = random.nextInt(starts.size());
            free(starts.get(index));
            starts.set(index, starts.getLast());
            starts.removeLast();
        }
    }

    private void allocate(SplittableRandom random) {
        long byteSize = switch (random.nextInt(10)) {
            case 0 -> random.nextInt(1, 400_000);
            case 1, 2, 3 -> random.nextInt(1, 20_000);
            default -> random.nextInt(1, 700);
        };
        Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
        Temperature temperature = random.nextInt(5) == 0 ? Temperature.COLD : Temperature.HOT;
        long offset = Stores.allocate(store, byteSize, 4, temperature, holder);
        if (offset < 0) {
            return;
        }
        long usable = store.usableByteSize(offset);
        Map.Entry<Long, Block> below = model.lowerEntry(offset + usable);
        assertThat(below == null || below.getKey() + below.getValue().usable() <= offset)
                .as("block at %d overlaps %s", offset, below).isTrue();
        model.put(offset, new Block(usable, holder));
        starts.add(offset);
    }

    /** A free that throws has freed nothing. */
    private void free(long offset) {
        assertThat(store.free(offset, model.get(offset).holder())).isEqualTo(FreeResult.DONE);
        model.remove(offset);
    }

    private void requireRebuild(SplittableRandom random) {
        if (random.nextBoolean()) {
            synchronized (store.space.lock) {
                store.space.cutShort = true;
            }
        }
        Parking parking = ownersOwn().parking;
        parking.cutShort = true;
        parking.lastOffset = Parking.NONE;
    }

    @SuppressWarnings("NullAway")
    private SlabOwner ownersOwn() {
        return store.owners.own();
    }

    private void compare() {
        ownersOwn().settle();
        for (SlabOwner owner : store.owners.all()) {
            synchronized (owner.lock) {
                owner.settle();
            }
        }
        store.space.change(() -> null);
        store.checkInvariants();
        Census census = store.census();
        assertThat(census.liveBlockCount()).isEqualTo(model.size());
        assertThat(census.liveByteSize()).isEqualTo(model.values().stream().mapToLong(Block::usable).sum());
        assertThat(store.runs().committedRegionCount()).isEqualTo(source.committedRegionCount());
        model.forEach((offset, block) -> assertThat(store.judge(offset, block.holder()) == FreeResult.DONE
                && store.usableByteSize(offset) == block.usable()
                && store.startOf(offset + block.usable() - 1) == offset)
                .as("block at %d: %s", offset, block).isTrue());
    }
}
