package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When a pool fills holes, which holes it fills, and which blocks lie beside a hole. */
class PackedPoolHoleTest extends PackedPoolFixture {
    /** Two runs: 128 holes are few, more come before the front. */
    @Test
    void manyHolesAreFilledBeforeTheFront() {
        List<Integer> blocks = fillFront(2);
        assertThat(open()).isTrue();
        int front = take(2);
        assertThat(runOf(front)).isNotEqualTo(runOf(blocks.get(0)));
        freeStretch(blocks, 0, 50);
        freeStretch(blocks, 100, 14);
        assertThat(holeCount()).isEqualTo(128);
        assertThat(take(5)).isEqualTo(front + 2);

        freeStretch(blocks, 200, 1);
        assertThat(holeCount()).isEqualTo(130);
        int first = take(5);
        assertThat(first).as("at the start of a stretch that suffices").isIn(blocks.get(0), blocks.get(100));
        assertThat(holeCount()).isEqualTo(125);
        assertThat(take(5)).as("holes are few again").isEqualTo(front + 7);
        freeStretch(blocks, 250, 25);
        assertThat(take(4)).as("after the block before").isEqualTo(first + 5);
        assertThat(take(101)).as("no hole is long enough").isEqualTo(front + 12);
        assertThat(runOf(take(2))).as("holes still abound").isEqualTo(runOf(first));
    }

    @Test
    void aChosenHoleIsFilledBeforeATighterOne() {
        List<Integer> wide = fillFront(2);
        open();
        List<Integer> tight = fillFront(2);
        pool.settle();
        freeStretch(wide, 0, 90);
        freeStretch(tight, 7, 8);

        assertThat(take(20)).isEqualTo(wide.get(0));
        assertThat(hole()).isEqualTo(runOf(wide.get(0)));
        assertThat(take(16)).isEqualTo(wide.get(0) + 20);
        assertThat(take(9, 32)).isEqualTo(wide.get(0) + 64);
        assertThat(take(5)).isEqualTo(wide.get(0) + 73);
        assertThat(take(102)).isEqualTo(wide.get(0) + 78);
        assertThat(take(28)).as("the gap before the aligned block").isEqualTo(wide.get(0) + 36);
        assertThat(take(2)).as("the next hole, chosen again").isEqualTo(tight.get(7));
        assertThat(hole()).isEqualTo(runOf(tight.get(7)));
        assertThat(holeCount()).isEqualTo(14);
    }

    @Test
    void blocksFreedInTheHoleBeingFilledServeAfterItIsSettled() {
        List<Integer> blocks = fillFront(2);
        pool.settle();
        freeStretch(blocks, 10, 20);
        int block = take(30);
        assertThat(block).isEqualTo(blocks.get(10));
        freeStretch(blocks, 100, 30);
        shrink(block, 3 * 64);
        assertThat(holeCount()).isEqualTo(40 - 30 + 60 + 27);

        assertThat(pool.canHold(11)).isFalse();
        assertThat(take(6)).isEqualTo(block + 30);
        assertThat(take(60)).isEqualTo(blocks.get(100));
        assertThat(take(27)).isEqualTo(block + 3);
        assertThat(holeCount()).isEqualTo(4);
    }

    @Test
    void theRunOfTheHoleIsReleasedWithItsLastBlock() {
        List<Integer> blocks = fillFront(512);
        open();
        take(RUN);
        free(blocks.get(1));
        int last = take(9);
        assertThat(hole()).isEqualTo(runOf(last));
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
        open();
        take(RUN);
        free(blocks.get(3));
        int block = take(10);
        assertThat(block).isEqualTo(blocks.get(3));
        assertThat(give(55)).isNull();

        assertThat(give(54)).isEqualTo(runOf(block));

        assertThat(holeCount()).isZero();
        assertThat(take(2)).isEqualTo(-1);
        takeBack(runOf(block));
        assertThat(take(54)).isEqualTo(block + 10);
    }

    @Test
    void aBlockIsBesideAHoleIfItTouchesFreeGranulesThatAreNotBeingFilled() {
        int first = take(5);
        int second = take(4);
        int third = take(6);
        PackedRun run = runOf(first);
        assertThat(isBesideHole(first, 5)).as("the first of its run").isFalse();
        assertThat(isBesideHole(third, 6)).as("the front is after it").isFalse();

        free(second);
        assertThat(isBesideHole(first, 5)).isTrue();
        assertThat(isBesideHole(third, 6)).isTrue();

        take(RUN - 15);
        pool.settle();
        assertThat(take(2)).isEqualTo(second);
        assertThat(hole()).isEqualTo(run);
        assertThat(isBesideHole(second, 2)).as("the hole that is being filled is after it").isFalse();
        assertThat(isBesideHole(third, 6)).isTrue();
        pool.settle();
        assertThat(isBesideHole(second, 2)).isTrue();
        take(2);
        assertThat(isBesideHole(third, 6)).isFalse();
        assertThat(isBesideHole(15, RUN - 15)).as("the last of its run").isFalse();
    }

    @Test
    void aPoolOfManyRunsPacksHoles() {
        for (int runs = 1; runs <= 16; runs++) {
            assertThat(pool.packsHoles()).as("%d runs", runs).isFalse();
            take(RUN);
            open();
        }
        assertThat(pool.packsHoles()).isTrue();
        runs.releaseVacant();
        assertThat(pool.packsHoles()).isFalse();
    }

    @Test
    void theRunWhoseLongestStretchIsShortestComesFirst() {
        List<Integer> first = fillFront(2);
        open();
        List<Integer> second = fillFront(2);
        open();
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
    void aHoleServesWhatTheFrontIsTooShortForAlthoughHolesAreFew() {
        List<Integer> blocks = fillFront(64);
        open();
        take(RUN - 10);
        free(blocks.get(2));

        assertThat(take(11)).isEqualTo(blocks.get(2));
        assertThat(take(10)).isGreaterThanOrEqualTo(RUN);
    }
}
