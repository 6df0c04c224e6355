package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.Planted;
import java.util.ArrayList;
import java.util.List;
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
        return (int) (pool.allocate(count, alignment, Holder.ADDRESS) >> 6);
    }

    private PackedRun runOf(int granule) {
        return (PackedRun) space.cutRunAt((long) granule << 6);
    }

    private void free(int granule) {
        pool.free(runOf(granule), granule % RUN);
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
        assertThat(take(1)).isEqualTo(163);
        assertThat(take(RUN - 164)).isEqualTo(164);
        assertThat(take(1)).as("the front is used up").isEqualTo(-1);
        assertThat(holeCount()).as("what is free in the front is no hole").isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 32})
    void anAlignedBlockMayEndTheFront(int alignment) {
        take(RUN - 2 * alignment + 1);
        assertThat(take(alignment + 1, alignment)).isEqualTo(-1);
        assertThat(take(alignment, alignment)).isEqualTo(RUN - alignment);
    }

    @Test
    void theFrontStartsAnewInItsLongestStretchAndCountsTheRestAsNoHoles() {
        for (int run = 1; run < 3; run++) {
            fillFront(RUN);
            pool.open(owner);
        }
        List<Integer> blocks = fillFront(16);
        for (int index : new int[] {1, 2, 10, 11, 12, 13, 40, 41, 42}) {
            free(blocks.get(index));
        }
        pool.renewFront();

        assertThat(holeCount()).isZero();
        assertThat(take(1)).isEqualTo(blocks.get(10));
        assertThat(take(63)).isEqualTo(blocks.get(10) + 1);
        assertThat(take(1)).isEqualTo(-1);
        pool.settleFront();
        assertThat(holeCount()).isEqualTo(5 * 16);
    }

    @Test
    void noFrontStartsWhereNoStretchIsWorthIt() {
        List<Integer> blocks = fillFront(1);
        freeStretch(blocks, 3, 63);
        pool.renewFront();

        assertThat(Planted.in(pool, "front", PackedRun.class)).isNull();
        assertThat(holeCount()).isEqualTo(63);
        assertThat(take(63)).as("the hole serves").isEqualTo(blocks.get(3));
        assertThat(holeCount()).isZero();
    }

    @Test
    void afterThatNoFrontStartsWhereHolesAbound() {
        List<Integer> blocks = fillFront(64);
        free(blocks.get(3));
        pool.renewFront();
        assertThat(Planted.in(pool, "front", PackedRun.class)).as("64 holes in one run are few").isNotNull();
        pool.settleFront();
        free(blocks.get(5));
        pool.renewFront();
        assertThat(Planted.in(pool, "front", PackedRun.class)).as("128 are not").isNull();
    }

    /** Two runs: 128 holes are few, 129 come before the front, the shortest that suffices first. */
    @Test
    void holesComeFirstOnceTheyAbound() {
        List<Integer> blocks = fillFront(1);
        assertThat(pool.open(owner)).isTrue();
        int front = take(1);
        assertThat(runOf(front)).isNotSameAs(runOf(blocks.get(0)));
        freeStretch(blocks, 0, 100);
        freeStretch(blocks, 200, 20);
        freeStretch(blocks, 300, 8);
        assertThat(holeCount()).isEqualTo(128);
        assertThat(take(5)).isEqualTo(front + 1);

        freeStretch(blocks, 400, 1);
        assertThat(holeCount()).isEqualTo(129);
        assertThat(take(5)).as("of the shortest sufficient stretch").isEqualTo(blocks.get(300));
        assertThat(holeCount()).isEqualTo(124);
        assertThat(take(5)).as("few again").isEqualTo(front + 6);
        freeStretch(blocks, 500, 50);
        assertThat(take(4)).isEqualTo(blocks.get(200));
        assertThat(take(101)).as("no hole is long enough").isEqualTo(front + 11);
    }

    private void freeStretch(List<Integer> blocks, int from, int count) {
        blocks.subList(from, from + count).forEach(this::free);
    }

    @Test
    void theRunWhoseLongestStretchIsShortestComesFirst() {
        List<Integer> first = fillFront(1);
        pool.open(owner);
        List<Integer> second = fillFront(1);
        pool.open(owner);
        take(RUN);
        freeStretch(first, 0, 40);
        freeStretch(second, 0, 30);
        freeStretch(second, 50, 30);

        assertThat(take(30)).isEqualTo(second.get(0));
        assertThat(take(31)).isEqualTo(first.get(0));
        assertThat(take(31)).isEqualTo(-1);
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
        pool.settleFront();
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
        assertThat(take(1)).isEqualTo(-1);
        assertThat(pool.canHold(1)).isFalse();
    }

    @Test
    void allVacantRunsAreReleasedAndNoOther() {
        int first = take(1);
        pool.open(owner);
        int second = take(1);
        pool.open(owner);
        int third = take(1);
        free(third);
        free(second);
        pool.releaseVacant();

        assertThat(openRuns()).containsExactly(runOf(first));
        assertThat(holeCount()).isEqualTo(RUN - 1);
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
        assertThat(pool.give(1)).isNull();
        pool.add(given);
        assertThat(holeCount()).isEqualTo(192);
    }

    @Test
    void aPoolKnowsWhatItCanHold() {
        take(RUN - 20);
        assertThat(pool.canHold(20)).isTrue();
        assertThat(pool.canHold(21)).isFalse();
        pool.settleFront();
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
