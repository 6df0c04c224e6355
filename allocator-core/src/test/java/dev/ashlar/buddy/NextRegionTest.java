package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the next region is prepared, and what becomes of it. */
class NextRegionTest {
    private static final int NONE = -1;

    private final PreparingSource source = new PreparingSource();
    private final RunAllocator runs = new RunAllocator(source);

    /** A source whose preparations end when they are waited for. */
    private static final class PreparingSource extends FakeRegionSource {
        private int preparing = NONE;
        private boolean refuses;
        private int grownCount;

        PreparingSource() {
            super(16);
        }

        @Override
        public void grown() {
            grownCount++;
        }

        @Override
        public int preparing() {
            return preparing;
        }

        @Override
        public void beginPreparing(int region) {
            assertThat(preparing).isEqualTo(NONE);
            preparing = region;
        }

        @Override
        public boolean endPreparing() {
            int region = preparing;
            preparing = NONE;
            return !refuses && super.commit(region);
        }

        @Override
        public boolean commit(int region) {
            assertThat(preparing).as("a preparation during a commit").isEqualTo(NONE);
            return super.commit(region);
        }

        @Override
        public boolean release(int region) {
            assertThat(preparing).as("a preparation during a release").isEqualTo(NONE);
            return super.release(region);
        }
    }

    @AfterEach
    void countsAgree() {
        RunCheck.check(runs);
        assertThat(runs.committedRegionCount()).isEqualTo(source.committedRegionCount());
    }

    private void takeRegions(int count) {
        for (int index = 0; index < count; index++) {
            assertThat(runs.allocate(512, 0)).isNotNegative();
        }
    }

    @Test
    void theFirstGrowthPreparesNothing() {
        runs.precommit(1);
        takeRegions(2);
        assertThat(source.grownCount).isZero();
        assertThat(runs.next().begin()).isFalse();
    }

    @Test
    void aLongRunIsNoGrowth() {
        runs.precommit(1);
        runs.allocate(5 * 512, 0);
        assertThat(source.grownCount).isZero();
        assertThat(runs.next().begin()).isFalse();
    }

    @Test
    void theSecondGrowthAsksForTheNextRegionAndItsUseForAnother() {
        takeRegions(2);
        assertThat(source.grownCount).isEqualTo(1);
        assertThat(runs.next().begin()).isTrue();
        assertThat(runs.next().begin()).isFalse();
        assertThat(runs.next().end()).isTrue();
        assertThat(runs.next().preparedRegionCount()).isEqualTo(1);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);
        assertThat(runs.next().begin()).isFalse();

        takeRegions(1);

        assertThat(source.commitCount()).isEqualTo(3);
        assertThat(runs.next().preparedRegionCount()).isZero();
        assertThat(source.grownCount).isEqualTo(2);
        assertThat(runs.next().begin()).isTrue();
    }

    @Test
    void aPreparedRegionCountsAsAnotherRegionUntilItIsUsed() {
        takeRegions(2);
        runs.next().begin();
        runs.next().end();
        assertThat(runs.hasPagesFor(1)).isFalse();
        runs.allocate(1, 0);
        assertThat(runs.hasPagesFor(1)).isTrue();
    }

    @Test
    void aRunTakesTheRegionThatIsBeingPrepared() {
        takeRegions(2);
        runs.next().begin();
        assertThat(runs.allocate(1, 0)).isEqualTo(2 * 512);
        assertThat(source.commitCount()).isEqualTo(3);
        assertThat(runs.next().end()).isFalse();
    }

    @Test
    void aLongRunAndAPrecommitUseTheRegionThatIsBeingPrepared() {
        takeRegions(2);
        runs.next().begin();
        assertThat(runs.allocate(2 * 512, 0)).isEqualTo(2 * 512);
        assertThat(source.commitCount()).isEqualTo(4);
        runs.next().begin();
        assertThat(runs.precommit(2)).isTrue();
        assertThat(source.commitCount()).isEqualTo(6);
    }

    @Test
    void ifAPreparationIsRefusedTheRunThatNeedsTheRegionCommitsIt() {
        takeRegions(2);
        runs.next().begin();
        source.refuses = true;
        assertThat(runs.allocate(512, 0)).isEqualTo(2 * 512);
        assertThat(source.commitCount()).isEqualTo(3);
        assertThat(runs.next().preparedRegionCount()).isZero();
    }

    @Test
    void aRegionThatIsFreedAndTakenAgainPreparesNothing() {
        takeRegions(2);
        runs.next().begin();
        runs.next().end();
        int page = runs.allocate(512, 0);
        int grown = source.grownCount;
        int commits = source.commitCount();
        for (int round = 0; round < 100; round++) {
            runs.free(page, 512);
            assertThat(runs.allocate(512, 0)).isEqualTo(page);
        }
        assertThat(source.grownCount).isEqualTo(grown);
        assertThat(source.commitCount()).isEqualTo(commits);
        assertThat(source.releaseCount()).isZero();
    }

    @Test
    void aHeapThatShrankAndGrowsAgainPreparesAfterTheFirstCommit() {
        takeRegions(4);
        runs.free(512, 3 * 512);
        int grown = source.grownCount;
        takeRegions(1);
        assertThat(source.grownCount).isEqualTo(grown);
        takeRegions(1);
        assertThat(source.grownCount).isEqualTo(grown + 1);
    }

    @Test
    void regionsThatBecomeEmptyDuringAPreparationAreReleasedAfterIt() {
        takeRegions(4);
        runs.next().begin();
        runs.free(0, 3 * 512);
        assertThat(source.releaseCount()).isZero();
        runs.next().end();
        assertThat(source.releaseCount()).isEqualTo(3);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);
    }

    @Test
    void aTrimGivesThePreparedRegionBackAndEndsTheGrowth() {
        takeRegions(2);
        runs.next().begin();
        assertThat(runs.trim()).isEqualTo(1);
        assertThat(runs.next().preparedRegionCount()).isZero();
        assertThat(source.committedRegionCount()).isEqualTo(2);
        int grown = source.grownCount;
        takeRegions(1);
        assertThat(source.grownCount).isEqualTo(grown);
        takeRegions(1);
        assertThat(source.grownCount).isEqualTo(grown + 1);
    }

    @Test
    void aFullSpanPreparesNothing() {
        takeRegions(16);
        assertThat(runs.next().begin()).isFalse();
    }

    @Test
    void theFirstRegionCanBeTheNext() {
        takeRegions(4);
        runs.free(512, 512);
        runs.free(0, 512);
        assertThat(source.isCommitted(0)).isFalse();
        takeRegions(1);
        assertThat(runs.next().begin()).isTrue();
        assertThat(source.preparing()).isZero();
        runs.free(2 * 512, 2 * 512);
        assertThat(runs.next().end()).isTrue();
        assertThat(runs.next().preparedRegionCount()).isEqualTo(1);
        assertThat(runs.hasPagesFor(1)).isFalse();
    }

    @Test
    void aPreparedRegionStaysPreparedWhileOthersAreUsedAndReleased() {
        takeRegions(3);
        runs.next().begin();
        runs.next().end();
        runs.free(0, 512);
        assertThat(source.releaseCount()).isEqualTo(1);
        assertThat(runs.next().preparedRegionCount()).isEqualTo(1);
    }

    @Test
    void aPreparedRegionThatWasUsedOrGivenBackIsLikeAnyOther() {
        takeRegions(2);
        runs.next().begin();
        runs.next().end();
        int page = runs.allocate(512, 0);
        runs.free(page, 512);
        assertThat(runs.next().preparedRegionCount()).isZero();
        assertThat(runs.hasPagesFor(1)).isTrue();

        runs.allocate(512, 0);
        assertThat(runs.next().begin()).isTrue();
        runs.next().end();
        runs.trim();
        assertThat(runs.precommit(1)).isTrue();
        assertThat(runs.next().preparedRegionCount()).isZero();
    }
}
