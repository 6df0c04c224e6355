package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs longer than a region. */
class LongRunsTest {
    private final FakeRegionSource source = new FakeRegionSource(6);
    private final RunAllocator runs = new RunAllocator(source);

    @AfterEach
    void countsAgree() {
        RunCheck.check(runs);
    }

    @Test
    void aLongRunTakesRegionsSideBySideAndNoMoreThanItNeeds() {
        assertThat(runs.allocate(512 + 1, 0)).isZero();

        assertThat(runs.committedRegionCount()).isEqualTo(2);
        assertThat(runs.freePageCount()).isEqualTo(511);
    }

    @Test
    void theRestOfTheLastRegionServesOtherRuns() {
        assertThat(runs.allocate(2 * 512 + 100, 0)).isZero();

        assertThat(runs.allocate(256, 0)).isEqualTo(2 * 512 + 256);
        assertThat(runs.allocate(156, 0)).isEqualTo(2 * 512 + 100);
        assertThat(runs.committedRegionCount()).isEqualTo(3);
    }

    @Test
    void aLongRunSkipsRegionsInUse() {
        assertThat(runs.allocate(512, 0)).isZero();
        assertThat(runs.allocate(1, 0)).isEqualTo(512);
        runs.free(0, 512);

        assertThat(runs.allocate(2 * 512, 0)).isEqualTo(2 * 512);
    }

    @Test
    void aLongRunNeedsTheFewestCommits() {
        assertThat(runs.allocate(512, 0)).isZero();
        assertThat(runs.precommit(2)).isTrue();
        assertThat(runs.allocate(3 * 512, 0)).isEqualTo(512);
        runs.free(2 * 512, 512);
        runs.free(3 * 512, 512);
        int commits = source.commitCount();

        assertThat(runs.allocate(2 * 512, 0)).isEqualTo(2 * 512);
        assertThat(source.commitCount()).isEqualTo(commits);
    }

    @Test
    void aRunOfTheWholeSpanFits() {
        assertThat(runs.allocate(6 * 512, 9)).isZero();
        assertThat(runs.freePageCount()).isZero();
        assertThat(runs.allocate(1, 0)).isEqualTo(-1);

        runs.free(0, 6 * 512);
        assertThat(source.committedRegionCount()).isEqualTo(1);
    }

    @Test
    void aRunLongerThanTheSpanIsRefusedWithoutACommit() {
        assertThat(runs.allocate(6 * 512 + 1, 0)).isEqualTo(-1);
        assertThat(source.commitCount()).isZero();
    }

    @Test
    void aRunThatNoRegionsSideBySideCanHoldIsRefusedWithoutACommit() {
        assertThat(runs.allocate(3 * 512, 0)).isZero();
        runs.free(0, 2 * 512);
        int commits = source.commitCount();

        assertThat(runs.allocate(4 * 512, 0)).isEqualTo(-1);
        assertThat(source.commitCount()).isEqualTo(commits);
    }

    @Test
    void aLongRunBeginsAtTheEndOfThePreviousRun() {
        assertThat(runs.allocate(600, 0)).isZero();
        assertThat(runs.allocate(600, 0)).isEqualTo(600);
        assertThat(runs.allocate(1300, 0)).isEqualTo(1200);

        assertThat(runs.committedRegionCount()).isEqualTo(5);
    }

    @Test
    void aLongRunFitsBetweenTwoRegionsInUse() {
        assertThat(runs.allocate(6 * 512, 0)).isZero();
        runs.free(612, 800);
        int commits = source.commitCount();

        assertThat(runs.allocate(801, 0)).isEqualTo(-1);
        assertThat(runs.allocate(800, 0)).isEqualTo(612);
        assertThat(source.commitCount()).isEqualTo(commits);
    }

    @Test
    void aLongRunKeepsToItsAlignment() {
        assertThat(runs.allocate(10, 0)).isZero();
        assertThat(runs.allocate(513, 5)).isEqualTo(32);
        assertThat(runs.allocate(513, 9)).isEqualTo(2 * 512);
    }

    @Test
    void theMiddleOfALongRunCanBeFreedFirst() {
        assertThat(runs.allocate(3 * 512, 0)).isZero();

        runs.free(500, 600);
        assertThat(runs.freePageCount()).isEqualTo(600);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);

        runs.free(0, 500);
        runs.free(1100, 3 * 512 - 1100);
        assertThat(runs.freePageCount()).isEqualTo(512);
        assertThat(runs.committedRegionCount()).isEqualTo(1);
    }

    @Test
    void theLargestFreeRunCountsEmptyRegionsSideBySide() {
        assertThat(runs.figures().largestFreePageCount()).isZero();
        assertThat(runs.precommit(3)).isTrue();
        assertThat(runs.figures().largestFreePageCount()).isEqualTo(3 * 512);
        assertThat(runs.allocate(1, 0)).isZero();
        assertThat(runs.figures().largestFreePageCount()).isEqualTo(3 * 512 - 1);
        assertThat(runs.allocate(2 * 512, 9)).isEqualTo(512);
        assertThat(runs.figures().largestFreePageCount()).isEqualTo(511);
    }

    @Test
    void theLargestFreeRunCrossesABoundaryOnlyIfARunOfItsLengthCan() {
        assertThat(runs.allocate(3 * 512, 0)).isZero();
        runs.free(512 - 16, 32);
        assertThat(runs.figures().largestFreePageCount()).isEqualTo(16);
        runs.free(512 + 16, 1);
        assertThat(runs.figures().largestFreePageCount()).isEqualTo(33);
        assertThat(runs.allocate(33, 0)).isEqualTo(512 - 16);
    }

    @Test
    void aRegionInUseEndsTheLargestFreeRun() {
        assertThat(runs.precommit(5)).isTrue();
        assertThat(runs.allocate(3 * 512, 0)).isZero();
        runs.free(0, 512);
        runs.free(2 * 512, 512);

        assertThat(runs.figures().largestFreePageCount()).isEqualTo(3 * 512);
    }
}
