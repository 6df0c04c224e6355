package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places in the front of a pool, the runs that it keeps, and its counts. */
class PackedPoolTest extends PackedPoolFixture {
    @Test
    void blocksInTheFrontLieSideBySideAndSkipFreedPlaces() {
        assertThat(take(5)).isZero();
        assertThat(take(70)).isEqualTo(5);
        free(5);
        assertThat(take(70)).isEqualTo(75);
        assertThat(take(3, 32)).isEqualTo(160);
        assertThat(take(2)).isEqualTo(163);
        assertThat(take(RUN - 165)).isEqualTo(165);
        assertThat(take(10)).as("the gap before the aligned block").isEqualTo(145);
        assertThat(take(6)).as("the front is used up").isEqualTo(-1);
        assertThat(holeCount()).as("free granules of the front are not holes").isZero();
        pool.renewFront();
        assertThat(take(70)).as("the place freed meanwhile").isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 16, 32})
    void anAlignedBlockMayEndTheFront(int alignment) {
        take(RUN - 2 * alignment + 1);
        assertThat(take(alignment + 1, alignment)).isEqualTo(-1);
        assertThat(take(alignment, alignment)).isEqualTo(RUN - alignment);
    }

    @Test
    void theFrontFillsEveryStretchOfItsRunAndCountsNoneAsHoles() {
        for (int run = 1; run < 3; run++) {
            fillFront(RUN);
            open();
        }
        List<Integer> blocks = fillFront(16);
        for (int index : new int[] {1, 2, 10, 11, 12, 13, 40, 41, 42}) {
            free(blocks.get(index));
        }
        pool.renewFront();

        assertThat(front()).isEqualTo(runOf(blocks.get(0)));
        assertThat(holeCount()).isZero();
        assertThat(take(60)).isEqualTo(blocks.get(10));
        assertThat(take(40)).isEqualTo(blocks.get(40));
        assertThat(take(8)).as("beside the previous block").isEqualTo(blocks.get(40) + 40);
        assertThat(take(30)).isEqualTo(blocks.get(1));
        assertThat(take(4)).as("the rest").isEqualTo(blocks.get(10) + 60);
        assertThat(take(3)).isEqualTo(-1);
        assertThat(holeCount()).isZero();
        pool.settle();
        assertThat(holeCount()).isEqualTo(2);
        assertThat(front()).isNull();
    }

    @Test
    void noFrontStartsIfNoStretchIsLongEnough() {
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
    void noFrontStartsIfThereAreManyHoles() {
        List<Integer> blocks = fillFront(64);
        free(blocks.get(3));
        pool.renewFront();
        assertThat(front()).as("64 holes in one run are few").isEqualTo(runOf(blocks.get(3)));
        pool.settle();
        free(blocks.get(5));
        pool.renewFront();
        assertThat(front()).as("128 holes are many").isNull();
    }

    @Test
    void shrinkingMakesHolesOnlyOutsideTheFront() {
        int block = take(100);
        shrink(block, 64 * 10);
        assertThat(holeCount()).isZero();
        assertThat(take(5)).isEqualTo(100);
        take(RUN - 105);
        pool.settle();
        assertThat(holeCount()).isEqualTo(90);

        shrink(block, 64 * 3 + 1);

        assertThat(holeCount()).isEqualTo(96);
        assertThat(take(97)).isEqualTo(-1);
        assertThat(take(96)).isEqualTo(4);
    }

    @Test
    void aRunOtherThanTheFrontIsReleasedWithItsLastBlock() {
        List<Integer> blocks = fillFront(512);
        open();
        free(blocks.get(0));
        assertThat(openRuns()).hasSize(2);
        free(blocks.get(1));
        assertThat(openRuns()).hasSize(1);
    }

    @Test
    void theVacantFrontIsKeptUntilVacantRunsAreReleased() {
        int block = take(7);
        free(block);
        assertThat(openRuns()).hasSize(1);
        assertThat(space.runs.freePageCount()).isEqualTo(512 - 16);

        runs.releaseVacant();

        assertThat(openRuns()).isEmpty();
        assertThat(space.runs.freePageCount()).isEqualTo(512);
        assertThat(take(2)).isEqualTo(-1);
        assertThat(pool.canHold(2)).isFalse();
    }

    @Test
    void allVacantRunsAreReleasedAndNoOther() {
        int first = take(2);
        open();
        int second = take(2);
        open();
        int third = take(2);
        free(third);
        free(second);
        runs.releaseVacant();

        assertThat(openRuns()).containsExactly(runOf(first));
        assertThat(holeCount()).isEqualTo(RUN - 2);
    }

    @Test
    void aPoolGivesAwayTheTightestSufficientRunAndNeverTheFront() {
        List<Integer> blocks = fillFront(64);
        open();
        free(blocks.get(0));
        free(blocks.get(1));
        free(blocks.get(3));
        assertThat(give(129)).isNull();

        PackedRun given = give(128);

        assertThat(given).isEqualTo(runOf(blocks.get(0)));
        assertThat(holeCount()).isZero();
        assertThat(give(2)).isNull();
        takeBack(given);
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
    void withoutPagesNoRunIsOpenedAndNothingIsLost() {
        int opened = 1;
        while (open()) {
            opened++;
        }
        assertThat(opened).isEqualTo(2 * 512 / PackedRuns.PAGE_COUNT);
        assertThat(openRuns()).hasSize(opened);
        runs.releaseVacant();
        assertThat(openRuns()).isEmpty();
        assertThat(open()).isTrue();
    }
}
