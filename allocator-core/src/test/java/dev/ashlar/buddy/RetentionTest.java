package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which empty regions are kept and which are released. */
class RetentionTest {
    private final FakeRegionSource source = new FakeRegionSource(8);
    private final RunAllocator runs = new RunAllocator(source);

    @AfterEach
    void countsAgree() {
        RunCheck.check(runs);
        assertThat(runs.committedRegionCount()).isEqualTo(source.committedRegionCount());
    }

    @Test
    void freeingAndTakingAtTheEdgeOfARegionNeedsNoCommit() {
        assertThat(runs.allocate(512, 0)).isZero();
        for (int round = 0; round < 100; round++) {
            int page = runs.allocate(1, 0);
            runs.free(page, 1);
        }
        assertThat(source.commitCount()).isEqualTo(2);
        assertThat(source.releaseCount()).isZero();
    }

    @Test
    void oneEmptyRegionIsKeptAndTheNextIsReleased() {
        assertThat(runs.allocate(512, 0)).isZero();
        assertThat(runs.allocate(512, 0)).isEqualTo(512);

        runs.free(0, 512);
        assertThat(source.releaseCount()).isZero();
        runs.free(512, 512);

        assertThat(source.releaseCount()).isEqualTo(1);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);
        assertThat(runs.freePageCount()).isEqualTo(512);
    }

    @Test
    void aReleasedRegionIsCommittedAgainWhenNeeded() {
        assertThat(runs.allocate(2 * 512, 0)).isZero();
        runs.free(0, 2 * 512);

        assertThat(runs.allocate(2 * 512, 0)).isZero();
        assertThat(source.commitCount()).isEqualTo(3);
    }

    @Test
    void precommittedRegionsLieSideBySideAndServeWithoutACommit() {
        assertThat(runs.allocate(512, 0)).isZero();
        assertThat(runs.allocate(1, 0)).isEqualTo(512);
        runs.free(0, 512);
        assertThat(runs.precommit(3)).isTrue();
        int commits = source.commitCount();

        assertThat(runs.allocate(3 * 512, 0)).isEqualTo(2 * 512);
        assertThat(source.commitCount()).isEqualTo(commits);
    }

    @Test
    void precommittingRegionsThatAreThereCommitsNothing() {
        assertThat(runs.precommit(3)).isTrue();
        assertThat(runs.precommit(3)).isTrue();
        assertThat(runs.precommit(2)).isTrue();

        assertThat(source.commitCount()).isEqualTo(3);
    }

    @Test
    void asManyRegionsAsWerePrecommittedAreKept() {
        assertThat(runs.precommit(3)).isTrue();
        assertThat(runs.allocate(4 * 512, 0)).isZero();

        runs.free(0, 4 * 512);

        assertThat(runs.emptyRegionCount()).isEqualTo(3);
        assertThat(source.releaseCount()).isEqualTo(1);
    }

    @Test
    void aSmallerPrecommitDoesNotReduceALargerOne() {
        assertThat(runs.precommit(3)).isTrue();
        assertThat(runs.precommit(1)).isTrue();
        assertThat(runs.allocate(3 * 512, 0)).isZero();

        runs.free(0, 3 * 512);

        assertThat(runs.emptyRegionCount()).isEqualTo(3);
    }

    @Test
    void aRefusedPrecommitKeepsNoMoreRegionsThanBefore() {
        source.refuseCommit(3);
        assertThat(runs.precommit(4)).isFalse();
        assertThat(runs.precommit(9)).isFalse();
        assertThat(runs.allocate(2 * 512, 0)).isZero();

        runs.free(0, 2 * 512);

        assertThat(runs.emptyRegionCount()).isEqualTo(1);
    }

    @Test
    void trimReleasesEveryEmptyRegionAndReturnsToKeepingOne() {
        assertThat(runs.precommit(3)).isTrue();
        assertThat(runs.allocate(1, 0)).isZero();

        assertThat(runs.trim()).isEqualTo(2);
        assertThat(runs.committedRegionCount()).isEqualTo(1);

        assertThat(runs.allocate(2 * 512, 0)).isEqualTo(512);
        runs.free(512, 2 * 512);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);
    }

    @Test
    void precommittingMoreThanTheSpanIsRefused() {
        assertThat(runs.precommit(9)).isFalse();
        assertThat(source.commitCount()).isZero();
    }

    @Test
    void aRefusedReleaseIsCountedAndTheRegionStaysUsable() {
        assertThat(runs.allocate(2 * 512, 0)).isZero();
        source.refuseRelease(1);

        runs.free(0, 2 * 512);

        assertThat(runs.releaseFailureCount()).isEqualTo(1);
        assertThat(runs.emptyRegionCount()).isEqualTo(2);
        assertThat(runs.freePageCount()).isEqualTo(2 * 512);
        assertThat(runs.allocate(2 * 512, 0)).isZero();
        assertThat(source.commitCount()).isEqualTo(2);
    }

    @Test
    void trimCountsOnlyWhatWasReleasedAndCanBeTriedAgain() {
        assertThat(runs.precommit(3)).isTrue();
        source.refuseRelease(2);

        assertThat(runs.trim()).isEqualTo(2);
        assertThat(runs.releaseFailureCount()).isEqualTo(1);
        assertThat(runs.trim()).isEqualTo(1);
        assertThat(runs.committedRegionCount()).isZero();
        assertThat(runs.freePageCount()).isZero();
    }

    @Test
    void metadataGrowsAndShrinksWithTheCommittedRegions() {
        assertThat(runs.precommit(3)).isTrue();
        assertThat(runs.trim()).isEqualTo(3);
        long none = runs.metadataByteSize();
        assertThat(runs.precommit(3)).isTrue();
        long three = runs.metadataByteSize();
        assertThat(runs.trim()).isEqualTo(3);

        assertThat(three - none).isEqualTo(3L * Buddy.METADATA_BYTE_SIZE);
        assertThat(runs.metadataByteSize()).isEqualTo(none);
    }
}
