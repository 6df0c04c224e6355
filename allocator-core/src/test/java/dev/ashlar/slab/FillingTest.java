package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places of blocks in the run that is being filled, and the figures of the run afterwards. */
class FillingTest {
    private static final int COUNT = PackedRun.GRANULE_COUNT;

    private final RunSpace space = Stores.space(1, Eraser.NONE);
    private final RemoteFrees remote = new RemoteFrees(space.lines);
    private final PackedRun before = PackedRun.open(space);
    private final PackedRun run = PackedRun.open(space);
    private final Filling filling = new Filling(run.packed());
    /** The blocks of the random steps: from the first granule to the count of granules. */
    private final TreeMap<Integer, Integer> blocks = new TreeMap<>();

    private int take(int count) {
        return take(count, 1);
    }

    private int take(int count, int alignment) {
        return take(count, alignment, Holder.ADDRESS);
    }

    private int take(int count, int alignment, Holder holder) {
        return run.granuleAt(filling.take(count, alignment, remote, holder));
    }

    private void begin() {
        filling.begin(run.firstPage());
    }

    /**
     * Leaves only stretches of these lengths free, each after a block of two granules.
     *
     * @return their starts
     */
    private int[] leave(int... lengths) {
        int[] starts = new int[lengths.length];
        int end = 0;
        for (int index = 0; index < lengths.length; index++) {
            run.take(end, 2, Holder.OBJECT);
            starts[index] = end + 2;
            end += 2 + lengths[index];
        }
        run.take(end, COUNT - end, Holder.OBJECT);
        return starts;
    }

    private void settlesAt(int longest) {
        assertThat(filling.settle()).isEqualTo(run.firstPage());
        assertThat(run.longestFree()).isEqualTo(longest);
        run.check();
        assertThat(filling.firstPage()).isEqualTo(RunLists.NONE);
    }

    @Test
    void blocksLieSideBySideUntilTheRunIsFull() {
        begin();
        int next = 0;
        for (int count = PackedRuns.LEAST_GRANULE_COUNT; next + count <= COUNT; count++) {
            Holder holder = count % 2 == 0 ? Holder.OBJECT : Holder.ADDRESS;
            assertThat(take(count, 1, holder)).isEqualTo(next);
            assertThat(run.isLive(next)).isTrue();
            assertThat(run.holder(next)).isEqualTo(holder);
            assertThat(run.granuleCountOf(next)).isEqualTo(count);
            next += count;
        }
        assertThat(run.freeCount()).isEqualTo(COUNT - next);
        assertThat(take(COUNT - next)).isEqualTo(next);
        settlesAt(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 16, 32, 64})
    void aGapThatAnAlignmentLeavesIsKnownAndServesLater(int alignment) {
        begin();
        assertThat(take(alignment + 2)).isZero();
        int aligned = take(COUNT - 2 * alignment, 2 * alignment);
        assertThat(aligned).isEqualTo(2 * alignment);
        int gap = alignment - 2;

        assertThat(filling.canHold(gap + 1)).isFalse();
        if (gap > 0) {
            assertThat(filling.canHold(gap)).isTrue();
            assertThat(take(2)).isEqualTo(alignment + 2);
        }
        settlesAt(Math.max(0, gap - 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 33})
    void aGapOfOneGranuleHoldsNoBlockButIsTheLongestStretch(int before) {
        begin();
        assertThat(take(before)).isZero();
        assertThat(take(COUNT - before - 1, 2)).isEqualTo(before + 1);
        assertThat(take(2)).isEqualTo(-1);
        assertThat(filling.canHold(2)).isFalse();
        settlesAt(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUnusedGapIsKnownAtTheEnd(boolean isDisturbed) {
        begin();
        take(3);
        assertThat(take(5, 32)).isEqualTo(32);
        assertThat(take(COUNT - 37 - 10)).isEqualTo(37);
        if (isDisturbed) {
            filling.disturb();
        }
        settlesAt(29);
    }

    @Test
    void fillingContinuesInAnotherStretchAndKeepsTheRest() {
        int[] starts = leave(10, 30, 20);
        begin();
        assertThat(take(25)).isEqualTo(starts[1]);
        assertThat(take(15)).isEqualTo(starts[2]);
        assertThat(take(5)).as("in the stretch that is being filled").isEqualTo(starts[2] + 15);
        assertThat(take(10)).isEqualTo(starts[0]);
        assertThat(take(4)).as("the rest").isEqualTo(starts[1] + 25);
        settlesAt(1);
    }

    @Test
    void anAlignedBlockGoesWhereItFitsAtAnyAddress() {
        int[] starts = leave(5, 35, 34);
        begin();
        assertThat(take(5, 32)).as("the one stretch that is surely long enough").isEqualTo(-1);
        assertThat(take(4, 32)).isEqualTo(32);
        assertThat(starts[1]).isEqualTo(9);
        assertThat(take(5)).isEqualTo(36);
        settlesAt(34);
    }

    @Test
    void aBlockThatFitsNowhereChangesNothing() {
        int[] starts = leave(10, 30, 20);
        begin();
        take(25);
        long[] wordsBefore = run.words().clone();
        int freeBefore = run.freeCount();

        for (int count = 21; count < COUNT; count++) {
            assertThat(take(count)).isEqualTo(-1);
        }
        assertThat(take(20, 2)).isEqualTo(-1);

        assertThat(run.words()).isEqualTo(wordsBefore);
        assertThat(run.freeCount()).isEqualTo(freeBefore);
        assertThat(filling.isAt(run.firstPage(), run.at(starts[1] + 25))).isTrue();
        assertThat(take(5)).as("continues where it was").isEqualTo(starts[1] + 25);
        assertThat(take(20)).isEqualTo(starts[2]);
        settlesAt(10);
    }

    @Test
    void blocksFreedDuringAFillingAreKnownOnlyAtItsEnd() {
        begin();
        for (int first = 0; first < COUNT; first += 64) {
            assertThat(take(64)).isEqualTo(first);
        }
        filling.disturb();
        run.free(128);
        filling.disturb();
        run.free(192);
        filling.disturb();
        run.shrink(64, 24 * 64);

        assertThat(filling.canHold(2)).isFalse();
        assertThat(take(2)).isEqualTo(-1);
        settlesAt(40 + 64 + 64);
    }

    /** A stretch that grew by a free is read as one stretch. */
    @Test
    void aBlockFreedBesideAKnownStretchMakesItLonger() {
        begin();
        int first = take(100);
        int second = take(100);
        filling.disturb();
        run.free(second);
        assertThat(take(300)).as("continues where it was").isEqualTo(200);
        filling.disturb();
        run.free(first);
        filling.disturb();
        run.free(200);
        settlesAt(COUNT);
        assertThat(run.isVacant()).isTrue();
    }

    @Test
    void aSecondRunStartsWithoutTheStretchesOfTheFirst() {
        leave(10, 30, 20);
        begin();
        take(25);
        run.free(0);
        filling.disturb();
        settlesAt(20);
        PackedRun other = before;
        other.take(0, COUNT - 3, Holder.ADDRESS);

        filling.begin(other.firstPage());
        assertThat(filling.isIn(run.firstPage())).isFalse();
        assertThat(filling.isIn(other.firstPage())).isTrue();
        assertThat(filling.canHold(4)).isFalse();
        assertThat(take(4)).isEqualTo(-1);
        assertThat(filling.take(3, 1, remote, Holder.ADDRESS)).isEqualTo(other.offsetOf(COUNT - 3));
        assertThat(filling.settle()).isEqualTo(other.firstPage());
        assertThat(other.longestFree()).isZero();
    }

    @Test
    void withoutARunToFillNothingIsTaken() {
        for (int life = 0; life < 2; life++) {
            assertThat(take(2)).isEqualTo(-1);
            assertThat(filling.canHold(2)).isFalse();
            assertThat(filling.isIn(run.firstPage())).isFalse();
            assertThat(filling.isAt(run.firstPage(), run.at(0))).isFalse();
            assertThat(filling.firstPage()).isEqualTo(RunLists.NONE);
            assertThat(filling.settle()).isEqualTo(RunLists.NONE);
            begin();
            assertThat(filling.isIn(run.firstPage())).isTrue();
            assertThat(filling.firstPage()).isEqualTo(run.firstPage());
            take(2);
            filling.settle();
        }
    }

    @Seeded
    void randomBlocksLieWhereAMapOfStretchesAllows(long seed) {
        int[] moves = new int[2];
        Seeds.run(seed, 2_000, random -> {
            FillingModel model = new FillingModel(run);
            begin();
            boolean frees = random.nextBoolean();
            for (int steps = random.nextInt(100); steps > 0; steps--) {
                if (frees && random.nextInt(5) < 2) {
                    freeOrShrink(random);
                } else {
                    moves[place(model, random)]++;
                }
                int length = random.nextInt(2, 300);
                assertThat(filling.canHold(length)).as("can hold %d", length).isEqualTo(model.canHold(length));
                assertThat(filling.isAt(run.firstPage(), run.at(model.next()))).isEqualTo(model.hasBegun());
                assertThat(filling.isAt(run.firstPage(), run.at(model.next() + 1))).isFalse();
            }
            assertThat(filling.settle()).isEqualTo(run.firstPage());
            run.check();
            while (run.freeCount() < COUNT / 3) {
                Integer near = blocks.floorKey(Math.max(blocks.firstKey(), random.nextInt(COUNT)));
                run.free(near);
                blocks.remove(near);
            }
        });
        if (Seeds.isFixed(seed)) {
            assertThat(Math.min(moves[0], moves[1])).as("refused, placed").isGreaterThan(1_000);
        }
    }

    /** {@return whether there was room, as a number} */
    private int place(FillingModel model, SplittableRandom random) {
        int count = random.nextInt(10) == 0 ? random.nextInt(2, 257) : random.nextInt(2, 24);
        int alignment = random.nextInt(3) == 0 ? 1 << random.nextInt(6) : 1;
        boolean fits = model.fits(count, alignment);
        int freeBefore = run.freeCount();
        int first = take(count, alignment);
        assertThat(first >= 0).as("%d at multiples of %d", count, alignment).isEqualTo(fits);
        assertThat(run.freeCount()).isEqualTo(fits ? freeBefore - count : freeBefore);
        if (fits) {
            model.place(first, count, alignment);
            blocks.put(first, count);
            assertThat(run.granuleCountOf(first)).isEqualTo(count);
        }
        return fits ? 1 : 0;
    }

    private void freeOrShrink(SplittableRandom random) {
        Integer first = blocks.floorKey(random.nextInt(COUNT));
        if (first == null) {
            return;
        }
        filling.disturb();
        if (random.nextBoolean()) {
            run.free(first);
            blocks.remove(first);
        } else {
            int kept = random.nextInt(PackedRuns.LEAST_GRANULE_COUNT, blocks.get(first) + 1);
            run.shrink(first, kept * 64);
            blocks.put(first, kept);
        }
    }
}
