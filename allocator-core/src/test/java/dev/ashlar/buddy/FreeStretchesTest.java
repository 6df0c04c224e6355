package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.region.Pages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A caller can take all free pages after a run, or all those of a region, at once. */
class FreeStretchesTest {
    private static final int PER_REGION = Pages.PER_REGION;

    private final RunAllocator runs = new RunAllocator(new FakeRegionSource(3));

    @AfterEach
    void theIndexesAgree() {
        RunCheck.check(runs);
    }

    @Test
    void aRunGrowsToTheNextUsedPageOrTheEndOfItsRegion() {
        runs.allocate(PER_REGION, 0);
        runs.free(10, 20);
        runs.free(100, PER_REGION - 100);
        assertThat(runs.extend(10)).isEqualTo(20);
        assertThat(runs.extend(30)).isZero();
        assertThat(runs.extend(101)).isEqualTo(PER_REGION - 101);
        assertThat(runs.freePageCount()).isEqualTo(1);
    }

    @Test
    void aRunDoesNotGrowIntoTheNextRegion() {
        assertThat(runs.precommit(2)).isTrue();
        runs.allocate(PER_REGION, 0);
        assertThat(runs.extend(PER_REGION)).isZero();
    }

    @Test
    void theFirstStretchOfARegionIsTakenWithItsPlace() {
        runs.allocate(PER_REGION, 0);
        runs.allocate(PER_REGION, 0);
        runs.free(PER_REGION + 80, 3);
        runs.free(PER_REGION + 70, 9);
        assertThat(runs.freePageCount(1)).isEqualTo(12);
        assertThat(runs.takeStretch(1)).isEqualTo((9L << Integer.SIZE) | (PER_REGION + 70));
        assertThat(runs.takeStretch(1)).isEqualTo((3L << Integer.SIZE) | (PER_REGION + 80));
        assertThat(runs.freePageCount()).isZero();
        assertThat(runs.freePageCount(1)).isZero();
    }

    @Test
    void noStretchIsTakenOfAFullRegionAnEmptyOneOrAHole() {
        assertThat(runs.takeStretch(0)).isZero();
        assertThat(runs.precommit(1)).isTrue();
        assertThat(runs.takeStretch(0)).isZero();
        runs.allocate(PER_REGION, 0);
        assertThat(runs.takeStretch(0)).isZero();
        assertThat(runs.freePageCount(0)).isZero();
        assertThat(runs.freePageCount(2)).isZero();
    }

    @Test
    void whereNothingIsPublishedInPlaceNothingIsWithheld() {
        runs.allocate(8, 0);
        runs.free(0, 4);
        assertThat(runs.withheldPageCount()).isZero();
        assertThat(runs.regionCount()).isEqualTo(3);
    }

    @Test
    void onlyCommittedRegionsHavePagesForARun() {
        assertThat(runs.hasPagesFor(1)).isFalse();
        assertThat(runs.precommit(1)).isTrue();
        assertThat(runs.hasPagesFor(PER_REGION)).isTrue();
        runs.allocate(1, 0);
        assertThat(runs.hasPagesFor(PER_REGION - 1)).isTrue();
        assertThat(runs.hasPagesFor(PER_REGION)).isFalse();
    }

    @Test
    void freeBlocksAreCountedOverAllRegions() {
        assertThat(runs.precommit(2)).isTrue();
        assertThat(runs.figures().freeCount(RunAllocator.MAX_ORDER)).isEqualTo(2);
        runs.allocate(1, 0);
        assertThat(runs.figures().freeCount(RunAllocator.MAX_ORDER)).isEqualTo(1);
        assertThat(runs.figures().freeCount(0)).isEqualTo(1);
        assertThat(runs.figures().freeCount(8)).isEqualTo(1);
    }
}
