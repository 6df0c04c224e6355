package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.region.Pages;
import dev.ashlar.region.Region;
import dev.ashlar.slab.RecordingEraser.Extent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the whole store with a map of its live blocks: blocks of 1 byte to 5 MiB, aligned up to 2 MiB, of either
 * holder, freed and shrunk, with wrong frees and lookups, over a source that sometimes refuses. One test has one
 * thread. In the other, threads take turns at random and end, so that nearly every block is freed by another thread
 * than its owner.
 */
class BlockStoreModelTest {
    private static final int REGION_COUNT = 10;
    private static final long SPAN = REGION_COUNT * Region.BYTE_SIZE;
    private static final int NORMAL_STEPS = 25_000;
    private static final int NORMAL_STEPS_IN_TURNS = 10_000;
    private static final int STEPS_PER_CHECK = 250;

    private final FakeRegionSource source = new FakeRegionSource(REGION_COUNT);
    private final RecordingEraser eraser = new RecordingEraser();
    private final BlockStore store = Stores.over(source, eraser);
    private final RunSpace space = store.space;
    private final Owners owners = store.owners;
    private final TreeMap<Long, Block> model = new TreeMap<>();
    private final Unerased unerased = new Unerased(store, eraser);
    /** Null if one thread does everything. */
    private @Nullable Actors actors;
    /** The starts of all live blocks and of some that were freed, to choose from. */
    private final List<Long> starts = new ArrayList<>();
    private long modelBytes;
    private boolean filling = true;
    private long exhaustedCount;
    private long exhaustedGoal = 20;
    private long stepCount;

    private record Block(long usable, Holder holder) {}

    @Seeded
    void randomStepsAgreeWithAMapOfBlocks(long seed) {
        Seeds.run(seed, NORMAL_STEPS, this::step);
        if (Seeds.isFixed(seed)) {
            assertThat(List.of(exhaustedCount, (long) source.refusedCommitCount(), (long) source.releaseCount()))
                    .as("exhaustions, refusals and releases met").allMatch(count -> count > 10);
        }
        freeEverything(new SplittableRandom(seed));
        assertThat(store.lateLoserCount()).isZero();
    }

    @Seeded
    void threadsThatTakeTurnsAgreeWithAMapOfBlocks(long seed) {
        try (Actors threads = new Actors()) {
            actors = threads;
            Seeds.run(seed, NORMAL_STEPS_IN_TURNS, random -> {
                step(random);
                if (random.nextInt(1000) == 0) {
                    threads.replaceOther();
                }
            });
            freeEverything(new SplittableRandom(seed));
        }
        assertThat(store.lateLoserCount()).isZero();
    }

    private <T> T by(SplittableRandom random, Callable<T> action) {
        if (actors != null) {
            return actors.doByAny(random, action);
        }
        try {
            return action.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void step(SplittableRandom random) {
        if (random.nextInt(500) == 0) {
            source.refuseCommit(random.nextInt(1, 4)).refuseRelease(random.nextInt(1, 4));
        }
        int kind = random.nextInt(100);
        if (kind < (filling ? 60 : 10)) {
            allocate(random);
        } else if (kind < 70) {
            free(random);
        } else if (kind < 75) {
            shrink(random);
        } else if (kind < 85) {
            freeWrongly(random);
        } else {
            lookUp(random);
        }
        filling = filling ? exhaustedCount < exhaustedGoal : model.size() < 100;
        exhaustedGoal = filling ? exhaustedGoal : exhaustedCount + 20;
        compareCounts();
        if (++stepCount % STEPS_PER_CHECK == 0) {
            store.checkInvariants();
            compareBlocks();
        }
        if (random.nextInt(1000) == 0) {
            store.runs().trim();
        } else if (random.nextInt(1000) == 0) {
            by(random, store::trim);
            unerased.noteErased();
            requireVacantOnesGivenBack();
        }
    }

    private void requireVacantOnesGivenBack() {
        if (actors == null) {
            assertThat(store.census().classes()).as("classes").allMatch(row -> row.liveSlotCount() > 0);
        }
    }

    private static long size(SplittableRandom random) {
        int kind = random.nextInt(1000);
        if (kind < 400) {
            return random.nextInt(1, 257);
        } else if (kind < 920) {
            return random.nextInt(1, 1 << random.nextInt(9, 15));
        } else if (kind < 995) {
            return random.nextInt(1, 1 << random.nextInt(15, 19));
        }
        return random.nextInt(1, 5 << 20);
    }

    private void allocate(SplittableRandom random) {
        long byteSize = size(random);
        int log2Alignment = switch (random.nextInt(20)) {
            case 0 -> random.nextInt(4, 22);
            case 1, 2, 3, 4 -> random.nextInt(4, 13);
            default -> 4;
        };
        Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
        int refusals = source.refusedCommitCount();

        long offset = by(random, () -> Stores.allocate(store, byteSize, log2Alignment, holder));

        unerased.noteErased();
        if (offset < 0) {
            boolean refused = source.refusedCommitCount() > refusals;
            exhaustedCount += refused ? 0 : 1;
            assertThat(refused || noPlaceFor(byteSize, log2Alignment)).as("no place for %d bytes", byteSize).isTrue();
            requireVacantOnesGivenBack();
            if (!refused && actors == null) {
                requireExhaustionChangesNothing(byteSize, log2Alignment, holder);
            }
            return;
        }
        long usable = store.usableByteSize(offset);
        assertThat(usable).as("usable bytes of %d", byteSize).isGreaterThanOrEqualTo(byteSize);
        assertThat(offset & ((1L << log2Alignment) - 1)).as("alignment of %d", offset).isZero();
        assertThat(offset).isBetween(0L, SPAN - usable);
        Map.Entry<Long, Block> below = model.lowerEntry(offset + usable);
        assertThat(below == null || below.getKey() + below.getValue().usable() <= offset)
                .as("block at %d overlaps %s", offset, below).isTrue();
        unerased.requireNoneAt(offset, usable);
        for (long region = offset >> 21; region <= (offset + usable - 1) >> 21; region++) {
            assertThat(source.isCommitted((int) region)).as("region %d is a hole", region).isTrue();
        }
        model.put(offset, new Block(usable, holder));
        starts.add(offset);
        modelBytes += usable;
    }

    /** The first attempt released all vacant places. */
    private void requireExhaustionChangesNothing(long byteSize, int log2Alignment, Holder holder) {
        int refused = source.refusedCommitCount();
        int released = source.refusedReleaseCount();
        StoreCounts before = StoreCounts.of(store);
        assertThat(Stores.allocate(store, byteSize, log2Alignment, holder)).isEqualTo(-1);
        if (source.refusedCommitCount() == refused && source.refusedReleaseCount() == released) {
            assertThat(StoreCounts.of(store)).isEqualTo(before);
        }
    }

    /** {@return whether neither a committed region nor a new one can serve} */
    private boolean noPlaceFor(long byteSize, int log2Alignment) {
        if (byteSize > Region.BYTE_SIZE) {
            return noRegionsFor(Region.countFor(byteSize));
        }
        int pages = (int) ((byteSize + 4095) / 4096);
        long rounded = (byteSize + (1L << log2Alignment) - 1) & -(1L << log2Alignment);
        if (rounded <= BlockStore.LARGEST_SLOT_BYTE_SIZE) {
            int sizeClass = SizeClasses.of((int) rounded);
            pages = Slots.pageCountFor(sizeClass);
            int slotByteSize = SizeClasses.byteSize(sizeClass);
            if (actors == null) {
                assertThat(store.census().classes()).noneMatch(row -> row.slotByteSize() == slotByteSize
                        && row.freeSlotCount() > 0);
            }
        }
        int order = Math.max(32 - Integer.numberOfLeadingZeros(pages - 1), log2Alignment - 12);
        long blocks =
                IntStream.rangeClosed(order, RunAllocator.MAX_ORDER).mapToLong(store.runs().figures()::freeCount).sum();
        return blocks == 0 && store.runs().committedRegionCount() == REGION_COUNT;
    }

    private boolean noRegionsFor(int regionCount) {
        BitSet held = new BitSet();
        model.forEach(
                (offset, block) -> held.set((int) (offset >> 21), (int) ((offset + block.usable() - 1) >> 21) + 1));
        Run.open(space).forEach(run -> held.set(Pages.regionOf(run.firstPage)));
        // Also the blocks that other threads keep.
        for (int page = space.large.next(0); page >= 0; page = space.large.next(page + 1)) {
            held.set(Pages.regionOf(page));
        }
        int sideBySide = 0;
        for (int region = 0; region < REGION_COUNT && sideBySide < regionCount; region++) {
            sideBySide = held.get(region) ? 0 : sideBySide + 1;
        }
        return sideBySide < regionCount;
    }

    private Long anyBlock(SplittableRandom random) {
        while (random.nextInt(4) > 0) {
            int index = random.nextInt(starts.size());
            Long start = starts.get(index);
            if (model.containsKey(start)) {
                return start;
            }
            starts.set(index, starts.getLast());
            starts.removeLast();
        }
        Long below = model.floorKey(random.nextLong(SPAN));
        return below == null ? model.firstKey() : below;
    }

    private void free(SplittableRandom random) {
        if (!model.isEmpty()) {
            free(anyBlock(random), random);
        }
    }

    private void free(long offset, SplittableRandom random) {
        Block block = model.get(offset);
        eraser.whileErasing(this::requireNoOtherBlockAt);

        assertThat(by(random, () -> store.free(offset, block.holder()))).isEqualTo(FreeResult.DONE);

        if (!unerased.wasErased(new Extent(offset, block.usable()))) {
            assertThat(actors != null || mayWait(block)).as("not erased: %s", block).isTrue();
            unerased.add(offset, block.usable());
        }
        if (actors == null) {
            unerased.requireFew();
        }
        model.remove(offset);
        modelBytes -= block.usable();
        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(store.startOf(offset + block.usable() - 1)).isEqualTo(-1);
    }

    private boolean isParkable(Map.Entry<Long, Block> entry) {
        return isSlot(entry.getKey()) || entry.getValue().usable() > BlockStore.LARGEST_SLOT_BYTE_SIZE;
    }

    private boolean isSlot(long offset) {
        long run = space.lines.runAt(offset);
        return run != RunWord.NONE && !RunWord.isPacked(run);
    }

    private static boolean mayWait(Block block) {
        return block.holder() == Holder.ADDRESS && block.usable() <= BlockStore.LARGEST_PACKED_BYTE_SIZE;
    }

    private void shrink(SplittableRandom random) {
        if (model.isEmpty()) {
            return;
        }
        long offset = anyBlock(random);
        Block block = model.get(offset);
        long kept = random.nextLong(1, block.usable() + 1);
        eraser.whileErasing((from, byteSize) -> {
            if (from != offset + kept) {
                requireNoOtherBlockAt(from, byteSize);
                return;
            }
            assertThat(store.judge(offset, block.holder())).isEqualTo(FreeResult.DONE);
            assertThat(store.startOf(from + byteSize - 1)).isEqualTo(offset);
        });

        assertThat(by(random, () -> store.shrink(offset, kept, block.holder()))).isEqualTo(FreeResult.DONE);

        assertThat(unerased.wasErased(new Extent(offset + kept, block.usable() - kept)))
                .isEqualTo(kept < block.usable());
        eraser.whileErasing(this::requireNoOtherBlockAt);
        long usable = store.usableByteSize(offset);
        assertThat(usable).isBetween(kept, block.usable());
        model.put(offset, new Block(usable, block.holder()));
        modelBytes -= block.usable() - usable;
        if (usable < block.usable()) {
            assertThat(store.startOf(offset + usable)).isEqualTo(-1);
        }
    }

    private void requireNoOtherBlockAt(long offset, long byteSize) {
        Map.Entry<Long, Block> below = model.lowerEntry(offset + byteSize);
        boolean isCurrent = below != null && below.getKey() == offset && below.getValue().usable() == byteSize;
        assertThat(below == null || isCurrent || below.getKey() + below.getValue().usable() <= offset)
                .as("block %s where %d bytes at %d are erased", below, byteSize, offset).isTrue();
        unerased.requireHeld(offset, byteSize);
    }

    private void freeWrongly(SplittableRandom random) {
        long offset = anywhere(random);
        Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
        if (expected(offset, holder) == FreeResult.DONE) {
            freeWrongly(offset, holder == Holder.ADDRESS ? Holder.OBJECT : Holder.ADDRESS, random);
        } else {
            freeWrongly(offset, holder, random);
        }
    }

    private void freeWrongly(long offset, Holder holder, SplittableRandom random) {
        FreeResult expected = expected(offset, holder);
        StoreCounts before = StoreCounts.of(store);

        assertThat(by(random, () -> store.judge(offset, holder))).isEqualTo(expected);
        assertThat(by(random, () -> store.free(offset, holder))).isEqualTo(expected);
        assertThat(by(random, () -> store.shrink(offset, 1, holder))).isEqualTo(expected);

        assertThat(eraser.take()).as("erased by a wrong free").isEmpty();
        assertThat(StoreCounts.of(store)).isEqualTo(before);
        Map.Entry<Long, Block> near = model.floorEntry(offset);
        if (near != null) {
            compareBlock(near.getKey(), near.getValue());
        }
    }

    private FreeResult expected(long offset, Holder holder) {
        long start = expectedStart(offset);
        if (start < 0) {
            return FreeResult.NOT_LIVE;
        } else if (start != offset) {
            return FreeResult.INTERIOR;
        }
        return model.get(start).holder() == holder ? FreeResult.DONE : FreeResult.HELD_OTHERWISE;
    }

    private void lookUp(SplittableRandom random) {
        for (int count = 0; count < 20; count++) {
            long offset = anywhere(random);
            assertThat(store.startOf(offset)).as("start of the block at %d", offset).isEqualTo(expectedStart(offset));
        }
    }

    private long expectedStart(long offset) {
        Map.Entry<Long, Block> below = model.floorEntry(offset);
        return below != null && offset < below.getKey() + below.getValue().usable() ? below.getKey() : -1;
    }

    /** {@return any offset of the span, often near the edge of a block or of a page} */
    private long anywhere(SplittableRandom random) {
        long offset = random.nextLong(SPAN);
        if (model.isEmpty()) {
            return offset;
        }
        long start = anyBlock(random);
        long end = start + model.get(start).usable();
        long near = switch (random.nextInt(6)) {
            case 0 -> offset;
            case 1 -> offset & -4096;
            case 2 -> start;
            case 3 -> end - 1;
            case 4 -> end + random.nextInt(2) * 16L;
            default -> random.nextLong(start, end);
        };
        return Math.min(near, SPAN - 1);
    }

    private void compareCounts() {
        Census census = store.census();
        assertThat(census.liveBlockCount()).isEqualTo(model.size());
        assertThat(census.liveByteSize()).isEqualTo(modelBytes);
        assertThat(store.runs().committedRegionCount()).isEqualTo(source.committedRegionCount());
    }

    private void compareBlocks() {
        model.forEach(this::compareBlock);
    }

    private void compareBlock(long offset, Block block) {
        boolean agrees = store.judge(offset, block.holder()) == FreeResult.DONE
                && store.usableByteSize(offset) == block.usable()
                && store.startOf(offset + block.usable() - 1) == offset;
        assertThat(agrees).as("block at %d: %s", offset, block).isTrue();
    }

    private void freeEverything(SplittableRandom random) {
        source.heal();
        eraser.whileErasing(this::requireNoOtherBlockAt);
        store.trim();
        unerased.noteErased();
        int retained = model.isEmpty() ? 0 : 1;
        long parkableCount = model.entrySet().stream().filter(this::isParkable).count();
        while (!model.isEmpty()) {
            free(model.firstKey(), random);
        }
        store.checkInvariants();
        compareCounts();
        if (actors == null && parkableCount > Quarantine.LENGTH + 1) {
            // This many frees in a row leave only a vacant slab of each class and the packed front.
            assertThat(unerased.count()).isZero();
            assertThat(store.census().classes()).allMatch(row -> row.slabCount() == 1);
            assertThat(store.census().packedRunCount()).isLessThanOrEqualTo(1);
        }
        if (actors != null) {
            actors.doByOther(() -> {
                owners.releaseVacant();
                return null;
            });
        }
        owners.releaseVacant();
        unerased.noteErased();
        assertThat(unerased.count()).isZero();
        RunAllocator runs = store.runs();
        assertThat(runs.freePageCount()).isEqualTo(512L * source.committedRegionCount());
        assertThat(runs.emptyRegionCount()).isEqualTo(source.committedRegionCount());
        assertThat(source.committedRegionCount()).as("regions retained").isEqualTo(retained);
        assertThat(store.census()).isEqualTo(new Census(0, 0, List.of(), 0, 0));
        store.checkInvariants();
        assertThat(store.trim()).isEqualTo(retained);
        assertThat(source.committedRegionCount()).isZero();
    }
}
