package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs of cold code lie in regions of their own, from the end of the zone, as long as there is room. */
class ColdRunsTest {
    private static final int REGION_COUNT = 4;
    private static final int LAST = Pages.firstOf(REGION_COUNT - 1);

    private final FakeRegionSource source = new FakeRegionSource(REGION_COUNT);
    private final RunAllocator runs = new RunAllocator(source);

    private int cold(int pageCount) {
        return runs.allocate(pageCount, 0, Temperature.COLD);
    }

    private int hot(int pageCount) {
        return runs.allocate(pageCount, 0, Temperature.HOT);
    }

    @AfterEach
    void theIndexesAgree() {
        RunCheck.check(runs);
    }

    @Test
    void theFirstColdRunCommitsTheHighestRegionAndTheNextOnesJoinIt() {
        assertThat(hot(3)).isZero();
        assertThat(cold(3)).isEqualTo(LAST);
        assertThat(Pages.regionOf(cold(7))).isEqualTo(REGION_COUNT - 1);
        assertThat(hot(5)).isLessThan(Pages.PER_REGION);
        assertThat(source.commitCount()).isEqualTo(2);
    }

    @Test
    void aHotRunCommitsARegionRatherThanJoinACold() {
        cold(1);
        assertThat(hot(1)).isZero();
        assertThat(runs.committedRegionCount()).isEqualTo(2);
    }

    @Test
    void aHotRunJoinsColdOnesIfThereIsNoOtherPlace() {
        cold(1);
        for (int region = 0; region < REGION_COUNT - 1; region++) {
            assertThat(hot(Pages.PER_REGION)).isEqualTo(Pages.firstOf(region));
        }
        assertThat(runs.hasPlaceFor(Pages.PER_REGION - 1)).isTrue();
        assertThat(runs.hasPlaceFor(Pages.PER_REGION)).isFalse();
        assertThat(Pages.regionOf(hot(2))).isEqualTo(REGION_COUNT - 1);
    }

    @Test
    void aHotRunJoinsColdOnesIfTheCommitIsRefused() {
        cold(1);
        source.refuseCommit(1);
        assertThat(Pages.regionOf(hot(2))).isEqualTo(REGION_COUNT - 1);
    }

    @Test
    void aColdRunTakesTheHighestEmptyRegionBeforeItCommitsOne() {
        assertThat(runs.precommit(2)).isTrue();
        assertThat(cold(4)).isEqualTo(Pages.PER_REGION);
        assertThat(source.commitCount()).isEqualTo(2);
        assertThat(runs.isEmpty(0)).isTrue();
        assertThat(runs.isEmpty(1)).isFalse();
    }

    @Test
    void aColdRunJoinsHotOnesIfTheCommitIsRefused() {
        assertThat(hot(10)).isZero();
        source.refuseCommit(1);
        assertThat(Pages.regionOf(cold(4))).isZero();
    }

    @Test
    void aColdRunJoinsHotOnesIfEveryRegionIsInUse() {
        for (int region = 0; region < REGION_COUNT; region++) {
            hot(Pages.PER_REGION - 1);
        }
        assertThat(cold(1)).isNotNegative();
        assertThat(runs.freePageCount()).isEqualTo(REGION_COUNT - 1);
    }

    @Test
    void aColdRunOfARegionIsApartAndALongerOneIsPlacedLikeAHotOne() {
        assertThat(cold(Pages.PER_REGION)).isEqualTo(LAST);
        assertThat(cold(Pages.PER_REGION + 1)).isZero();
    }

    @Test
    void aRegionWithoutColdRunsIsAvailableForHotOnes() {
        int page = cold(8);
        runs.free(page, 8);
        assertThat(runs.isEmpty(REGION_COUNT - 1)).isTrue();
        assertThat(hot(8)).isEqualTo(LAST);
        assertThat(hot(8)).isGreaterThan(LAST);
        assertThat(source.commitCount()).isEqualTo(1);
    }

    @Test
    void aRegionStaysColdWhileOneColdRunIsInIt() {
        int first = cold(8);
        cold(8);
        runs.free(first, 8);
        assertThat(hot(4)).isZero();
        assertThat(cold(4)).isGreaterThanOrEqualTo(LAST);
    }

    @Test
    void aColdRegionGivesNoPagesToARunAcrossItsStart() {
        cold(1);
        assertThat(hot(Pages.PER_REGION - 2)).isZero();
        runs.free(0, Pages.PER_REGION - 2);
        assertThat(hot(Pages.PER_REGION + 4)).isZero();
    }

    @Test
    void aZoneWithoutAHoleHasPlaceOnlyForWhatFits() {
        assertThat(runs.hasPlaceFor(Pages.firstOf(REGION_COUNT))).isTrue();
        assertThat(runs.hasPlaceFor(Pages.firstOf(REGION_COUNT) + 1)).isFalse();
        for (int region = 0; region < REGION_COUNT; region++) {
            assertThat(runs.hasPlaceFor(Pages.PER_REGION)).isTrue();
            hot(Pages.PER_REGION - 1);
        }
        assertThat(runs.hasPlaceFor(1)).isTrue();
        assertThat(runs.hasPlaceFor(2)).isFalse();
        assertThat(runs.hasPlaceFor(Pages.PER_REGION + 1)).isFalse();
        for (int region = 0; region < REGION_COUNT; region++) {
            hot(1);
        }
        assertThat(runs.hasPlaceFor(1)).isFalse();
        runs.free(0, 1);
        assertThat(runs.hasPlaceFor(1)).as("the first page of the zone").isTrue();
    }

    @Test
    void theFirstRegionCanBeCold() {
        RunAllocator one = new RunAllocator(new FakeRegionSource(1));
        assertThat(one.allocate(4, 0, Temperature.COLD)).isZero();
        assertThat(one.hasPlaceFor(Pages.PER_REGION - 4)).isTrue();
        int second = one.allocate(4, 0, Temperature.COLD);
        assertThat(second).isPositive();
        one.free(0, 4);
        assertThat(one.allocate(4, 0, Temperature.COLD)).isZero();
        one.free(0, 4);
        one.free(second, 4);
        assertThat(one.isEmpty(0)).isTrue();
        RunCheck.check(one);
    }
}
