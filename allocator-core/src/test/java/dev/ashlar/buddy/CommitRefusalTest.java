package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refused commits and releases change nothing but their counts. */
class CommitRefusalTest {
    private final FakeRegionSource source = new FakeRegionSource(8);
    private final RunAllocator runs = new RunAllocator(source);

    @AfterEach
    void countsAgree() {
        RunCheck.check(runs);
        assertThat(runs.committedRegionCount()).isEqualTo(source.committedRegionCount());
        for (int region = 0; region < source.regionCount(); region++) {
            assertThat(runs.isCommitted(region)).isEqualTo(source.isCommitted(region));
        }
    }

    @Test
    void aRefusedCommitRefusesTheRunAndTheNextTryWorks() {
        source.refuseCommit(1);

        assertThat(runs.allocate(1, 0)).isEqualTo(-1);
        assertThat(runs.committedRegionCount()).isZero();

        assertThat(runs.allocate(1, 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aLongRunRefusedHalfWayChangesNothing(int nth) {
        RunCounts before = RunCounts.of(runs);
        source.refuseCommit(nth);

        assertThat(runs.allocate(4 * 512, 0)).isEqualTo(-1);

        assertThat(RunCounts.of(runs)).isEqualTo(before);
        assertThat(runs.allocate(4 * 512, 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aLongRunRefusedHalfWayKeepsTheEmptyRegion(int nth) {
        assertThat(runs.allocate(512, 0)).isZero();
        assertThat(runs.allocate(512, 0)).isEqualTo(512);
        runs.free(512, 512);
        RunCounts before = RunCounts.of(runs);
        source.refuseCommit(nth);

        assertThat(runs.allocate(4 * 512, 0)).isEqualTo(-1);

        assertThat(RunCounts.of(runs)).isEqualTo(before);
    }

    @Test
    void roomInCommittedRegionsNeedsNoCommit() {
        assertThat(runs.allocate(1, 0)).isZero();
        source.refuseCommit(1);

        assertThat(runs.allocate(256, 0)).isEqualTo(256);
        assertThat(source.refusedCommitCount()).isZero();
    }

    @Test
    void aPrecommitRefusedHalfWayKeepsTheRegionsThatItGot() {
        source.refuseCommit(3);

        assertThat(runs.precommit(4)).isFalse();

        assertThat(runs.committedRegionCount()).isEqualTo(2);
        assertThat(runs.emptyRegionCount()).isEqualTo(2);
        assertThat(runs.precommit(4)).isTrue();
        assertThat(runs.emptyRegionCount()).isEqualTo(4);
    }

    @Test
    void aRefusedReleaseAfterARefusedCommitIsCountedAndTheRegionStaysUsable() {
        source.refuseCommit(3).refuseRelease(1);

        assertThat(runs.allocate(4 * 512, 0)).isEqualTo(-1);

        assertThat(runs.releaseFailureCount()).isEqualTo(1);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);
        assertThat(runs.allocate(512, 0)).isNotNegative();
        assertThat(runs.emptyRegionCount()).isZero();
    }
}
