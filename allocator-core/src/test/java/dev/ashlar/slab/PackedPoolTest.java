package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.Planted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a pool places blocks, which runs it keeps, and what it counts. Offsets in granules. */
class PackedPoolTest {
    private static final int RUN = PackedRun.GRANULE_COUNT;

    private final RunSpace space = Stores.space(2, Eraser.NONE);
    private final SlabOwner owner = Stores.owners(space, 2).common;
    private final PackedPool pool = new PackedPool(space);

    @BeforeEach
    void oneRun() {
        assertThat(pool.open(owner)).isTrue();
    }

    @AfterEach
    void countsAreExact() {
        assertThat(pool.checkedCount(owner)).isEqualTo(openRuns().size());
        openRuns().forEach(CutRun::checkInvariants);
    }

    private int take(int count) {
        return take(count, 1);
    }

    private int take(int count, int alignment) {
        int first = pool.allocate(count, alignment, Holder.ADDRESS);
        return first < 0 ? first : RunSpace.pageOf(pool.placedIn().firstByte()) * RUN / PackedRun.PAGE_COUNT + first;
    }

    private PackedRun runOf(int granule) {
        return (PackedRun) space.cutRunAt((long) granule << 6);
    }

    private void free(int granule) {
        PackedRun run = runOf(granule);
        pool.free(run, granule % RUN, run.granuleCountOf(granule % RUN));
    }

    private List<PackedRun> openRuns() {
        List<PackedRun> runs = new ArrayList<>();
        for (int number = 0; number < space.cutRuns.count(); number++) {
            if (space.cutRuns.get(number) instanceof PackedRun run && run.pageCount() > 0) {
                runs.add(run);
            }
        }
        return runs;
    }

    private long holeCount() {
        return Planted.in(pool, "holeCount", Long.class);
    }

    private @Nullable PackedRun front() {
        return Planted.in(pool, "front", Filling.class).run();
    }

    private @Nullable PackedRun hole() {
        return Planted.in(pool, "hole", Filling.class).run();
    }

    /** Takes the whole front in blocks of {@code count} granules. */
    private List<Integer> fillFront(int count) {
        List<Integer> blocks = new ArrayList<>();
        for (int taken = 0; taken < RUN; taken += count) {
            blocks.add(take(count));
        }
        assertThat(blocks).doesNotContain(-1).isSorted();
        return blocks;
    }

    @Test
    void blocksAreLaidOneBehindTheOtherInTheFrontWhateverWasFreedThere() {
        assertThat(take(5)).isZero();
        assertThat(take(70)).isEqualTo(5);
        free(5);
        assertThat(take(70)).isEqualTo(75);
        assertThat(take(3, 32)).isEqualTo(160);
        assertThat(take(2)).isEqualTo(163);
        assertThat(take(RUN - 165)).isEqualTo(165);
        assertThat(take(10)).as("what the alignment left").isEqualTo(145);
        assertThat(take(6)).as("the front is used up").isEqualTo(-1);
        assertThat(holeCount()).as("what is free in the front is no hole").isZero();
        pool.renewFront();
        assertThat(take(70)).as("what was freed meanwhile").isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 16, 32})
    void anAlignedBlockMayEndTheFront(int alignment) {
        take(RUN - 2 * alignment + 1);
        assertThat(take(alignment + 1, alignment)).isEqualTo(-1);
        assertThat(take(alignment, alignment)).isEqualTo(RUN - alignment);
    }

    @Test
    void theFrontFillsEveryStretchOfItsRunAndNoneOfThemCountsAsHoles() {
        for (int run = 1; run < 3; run++) {
            fillFront(RUN);
            pool.open(owner);
        }
        List<Integer> blocks = fillFront(16);
        for (int index : new int[] {1, 2, 10, 11, 12, 13, 40, 41, 42}) {
            free(blocks.get(index));
        }
        pool.renewFront();

        assertThat(front()).isSameAs(runOf(blocks.get(0)));
        assertThat(holeCount()).isZero();
        assertThat(take(60)).isEqualTo(blocks.get(10));
        assertThat(take(40)).isEqualTo(blocks.get(40));
        assertThat(take(8)).as("one behind the other").isEqualTo(blocks.get(40) + 40);
        assertThat(take(30)).isEqualTo(blocks.get(1));
        assertThat(take(4)).as("what was left over").isEqualTo(blocks.get(10) + 60);
        assertThat(take(3)).isEqualTo(-1);
        assertThat(holeCount()).isZero();
        pool.settle();
        assertThat(holeCount()).isEqualTo(2);
        assertThat(front()).isNull();
    }

    @Test
    void noFrontStartsWhereNoStretchIsWorthIt() {
        take(10);
        int block = take(63);
        take(RUN - 73);
        free(block);
        pool.renewFront();

        assertThat(front()).isNull();
        assertThat(holeCount()).isEqualTo(63);
        assertThat(take(63)).as("the hole serves").isEqualTo(block);
        assertThat(holeCount()).isZero();
    }

    @Test
    void afterThatNoFrontStartsWhereHolesAbound() {
        List<Integer> blocks = fillFront(64);
        free(blocks.get(3));
        pool.renewFront();
        assertThat(front()).as("64 holes in one run are few").isSameAs(runOf(blocks.get(3)));
        pool.settle();
        free(blocks.get(5));
        pool.renewFront();
        assertThat(front()).as("128 are not").isNull();
    }

    /** Two runs: 128 holes are few, more come before the front. */
    @Test
    void holesComeFirstOnceTheyAbound() {
        List<Integer> blocks = fillFront(2);
        assertThat(pool.open(owner)).isTrue();
        int front = take(2);
        assertThat(runOf(front)).isNotSameAs(runOf(blocks.get(0)));
        freeStretch(blocks, 0, 50);
        freeStretch(blocks, 100, 14);
        assertThat(holeCount()).isEqualTo(128);
        assertThat(take(5)).isEqualTo(front + 2);

        freeStretch(blocks, 200, 1);
        assertThat(holeCount()).isEqualTo(130);
        int first = take(5);
        assertThat(first).as("at the start of a stretch that suffices").isIn(blocks.get(0), blocks.get(100));
        assertThat(holeCount()).isEqualTo(125);
        assertThat(take(5)).as("few again").isEqualTo(front + 7);
        freeStretch(blocks, 250, 25);
        assertThat(take(4)).as("behind the block before").isEqualTo(first + 5);
        assertThat(take(101)).as("no hole is long enough").isEqualTo(front + 12);
        assertThat(runOf(take(2))).as("holes still abound").isSameAs(runOf(first));
    }

    @Test
    void aHoleOnceChosenIsFilledWithWhatFollowsThoughATighterOneSuffices() {
        List<Integer> wide = fillFront(2);
        pool.open(owner);
        List<Integer> tight = fillFront(2);
        pool.settle();
        freeStretch(wide, 0, 90);
        freeStretch(tight, 7, 8);

        assertThat(take(20)).isEqualTo(wide.get(0));
        assertThat(hole()).isSameAs(runOf(wide.get(0)));
        assertThat(take(16)).isEqualTo(wide.get(0) + 20);
        assertThat(take(9, 32)).isEqualTo(wide.get(0) + 64);
        assertThat(take(5)).isEqualTo(wide.get(0) + 73);
        assertThat(take(102)).isEqualTo(wide.get(0) + 78);
        assertThat(take(28)).as("what the alignment left").isEqualTo(wide.get(0) + 36);
        assertThat(take(2)).as("the next one, chosen anew").isEqualTo(tight.get(7));
        assertThat(hole()).isSameAs(runOf(tight.get(7)));
        assertThat(holeCount()).isEqualTo(14);
    }

    @Test
    void whatIsFreedInTheHoleBeingFilledServesOnceItIsSettled() {
        List<Integer> blocks = fillFront(2);
        pool.settle();
        freeStretch(blocks, 10, 20);
        int block = take(30);
        assertThat(block).isEqualTo(blocks.get(10));
        freeStretch(blocks, 100, 30);
        pool.shrink(runOf(block), block, 3 * PackedRun.GRANULE_BYTE_SIZE);
        assertThat(holeCount()).isEqualTo(40 - 30 + 60 + 27);

        assertThat(pool.canHold(11)).isFalse();
        assertThat(take(6)).isEqualTo(block + 30);
        assertThat(take(60)).isEqualTo(blocks.get(100));
        assertThat(take(27)).isEqualTo(block + 3);
        assertThat(holeCount()).isEqualTo(4);
    }

    @Test
    void theRunOfTheHoleIsGivenBackWithItsLastBlock() {
        List<Integer> blocks = fillFront(512);
        pool.open(owner);
        take(RUN);
        free(blocks.get(1));
        int last = take(9);
        assertThat(hole()).isSameAs(runOf(last));
        free(blocks.get(0));
        assertThat(openRuns()).hasSize(2);

        free(last);

        assertThat(hole()).isNull();
        assertThat(openRuns()).hasSize(1);
        assertThat(holeCount()).isZero();
        assertThat(take(2)).isEqualTo(-1);
    }

    @Test
    void theRunOfTheHoleCanBeGivenAway() {
        List<Integer> blocks = fillFront(64);
        pool.open(owner);
        take(RUN);
        free(blocks.get(3));
        int block = take(10);
        assertThat(block).isEqualTo(blocks.get(3));
        assertThat(pool.give(55)).isNull();

        assertThat(pool.give(54)).isSameAs(runOf(block));

        assertThat(holeCount()).isZero();
        assertThat(take(2)).isEqualTo(-1);
        pool.add(runOf(block));
        assertThat(take(54)).isEqualTo(block + 10);
    }

    @Test
    void aBlockIsBesideAHoleWhereWhatTouchesItIsFreeAndNotBeingFilled() {
        int first = take(5);
        int second = take(4);
        int third = take(6);
        PackedRun run = runOf(first);
        assertThat(pool.isBesideHole(run, first, 5)).as("the first of its run").isFalse();
        assertThat(pool.isBesideHole(run, third, 6)).as("the front is behind it").isFalse();

        free(second);
        assertThat(pool.isBesideHole(run, first, 5)).isTrue();
        assertThat(pool.isBesideHole(run, third, 6)).isTrue();

        take(RUN - 15);
        pool.settle();
        assertThat(take(2)).isEqualTo(second);
        assertThat(hole()).isSameAs(run);
        assertThat(pool.isBesideHole(run, second, 2)).as("the hole that is filled is behind it").isFalse();
        assertThat(pool.isBesideHole(run, third, 6)).isTrue();
        pool.settle();
        assertThat(pool.isBesideHole(run, second, 2)).isTrue();
        take(2);
        assertThat(pool.isBesideHole(run, third, 6)).isFalse();
        assertThat(pool.isBesideHole(run, 15, RUN - 15)).as("the last of its run").isFalse();
    }

    @Test
    void aSlotIsBesideNoHole() {
        Slab slab = Stores.slab(0, 0);
        slab.allocate(Holder.ADDRESS);
        assertThat(slab.isFree(1)).isTrue();
        assertThat(pool.isBesideHole(slab, 0, 1)).isFalse();
    }

    @Test
    void holesMustBeFilledOnceRunsAreMany() {
        for (int runs = 1; runs <= 16; runs++) {
            assertThat(pool.packsHoles()).as("%d runs", runs).isFalse();
            take(RUN);
            pool.open(owner);
        }
        assertThat(pool.packsHoles()).isTrue();
        pool.releaseVacant();
        assertThat(pool.packsHoles()).isFalse();
    }

    private void freeStretch(List<Integer> blocks, int from, int count) {
        blocks.subList(from, from + count).forEach(this::free);
    }

    @Test
    void theRunWhoseLongestStretchIsShortestComesFirst() {
        List<Integer> first = fillFront(2);
        pool.open(owner);
        List<Integer> second = fillFront(2);
        pool.open(owner);
        take(RUN);
        freeStretch(first, 0, 20);
        freeStretch(second, 0, 15);
        freeStretch(second, 25, 15);

        int inSecond = take(30);
        assertThat(inSecond).isIn(second.get(0), second.get(25));
        assertThat(take(31)).isEqualTo(first.get(0));
        assertThat(take(31)).isEqualTo(-1);
        assertThat(take(30)).isIn(second.get(0), second.get(25)).isNotEqualTo(inSecond);
        assertThat(take(9)).isEqualTo(first.get(0) + 31);
    }

    @Test
    void theHoleServesWhereTheFrontIsTooShortThoughHolesAreFew() {
        List<Integer> blocks = fillFront(64);
        pool.open(owner);
        take(RUN - 10);
        free(blocks.get(2));

        assertThat(take(11)).isEqualTo(blocks.get(2));
        assertThat(take(10)).isGreaterThanOrEqualTo(RUN);
    }

    @Test
    void shrinkingMakesHolesOutsideTheFrontOnly() {
        int block = take(100);
        pool.shrink(runOf(block), block, 64 * 10);
        assertThat(holeCount()).isZero();
        assertThat(take(5)).isEqualTo(100);
        take(RUN - 105);
        pool.settle();
        assertThat(holeCount()).isEqualTo(90);

        pool.shrink(runOf(block), block, 64 * 3 + 1);

        assertThat(holeCount()).isEqualTo(96);
        assertThat(take(97)).isEqualTo(-1);
        assertThat(take(96)).isEqualTo(4);
    }

    @Test
    void aRunBehindTheFrontIsGivenBackWithItsLastBlockAndItsBooksAreUsedAgain() {
        List<Integer> blocks = fillFront(512);
        pool.open(owner);
        free(blocks.get(0));
        assertThat(openRuns()).hasSize(2);
        free(blocks.get(1));
        assertThat(openRuns()).hasSize(1);

        pool.open(owner);
        assertThat(openRuns()).hasSize(2);
        assertThat(space.cutRuns.count()).isEqualTo(2);
    }

    @Test
    void theFrontsRunIsKeptThoughVacantUntilAskedFor() {
        int block = take(7);
        free(block);
        assertThat(openRuns()).hasSize(1);
        assertThat(space.runs.freePageCount()).isEqualTo(512 - 16);

        pool.releaseVacant();

        assertThat(openRuns()).isEmpty();
        assertThat(space.runs.freePageCount()).isEqualTo(512);
        assertThat(take(2)).isEqualTo(-1);
        assertThat(pool.canHold(2)).isFalse();
    }

    @Test
    void allVacantRunsAreReleasedAndNoOther() {
        int first = take(2);
        pool.open(owner);
        int second = take(2);
        pool.open(owner);
        int third = take(2);
        free(third);
        free(second);
        pool.releaseVacant();

        assertThat(openRuns()).containsExactly(runOf(first));
        assertThat(holeCount()).isEqualTo(RUN - 2);
    }

    @Test
    void aRunGivenAwayIsTheTightestThatSufficesAndNeverTheFronts() {
        List<Integer> blocks = fillFront(64);
        pool.open(owner);
        free(blocks.get(0));
        free(blocks.get(1));
        free(blocks.get(3));
        assertThat(pool.give(129)).isNull();

        PackedRun given = pool.give(128);

        assertThat(given).isSameAs(runOf(blocks.get(0)));
        assertThat(holeCount()).isZero();
        assertThat(pool.give(2)).isNull();
        pool.add(given);
        assertThat(holeCount()).isEqualTo(192);
    }

    @Test
    void aPoolKnowsWhatItCanHold() {
        take(RUN - 20);
        assertThat(pool.canHold(20)).isTrue();
        assertThat(pool.canHold(21)).isFalse();
        pool.settle();
        assertThat(pool.canHold(20)).isTrue();
        assertThat(pool.canHold(21)).isFalse();
    }

    @Test
    void whereNoPagesAreLeftNoRunIsOpenedAndNothingIsLost() {
        int opened = 1;
        while (pool.open(owner)) {
            opened++;
        }
        assertThat(opened).isEqualTo(2 * 512 / PackedRun.PAGE_COUNT);
        assertThat(openRuns()).hasSize(opened);
        pool.releaseVacant();
        assertThat(openRuns()).isEmpty();
        assertThat(pool.open(owner)).isTrue();
        assertThat(space.cutRuns.count()).isEqualTo(opened);
    }
}
