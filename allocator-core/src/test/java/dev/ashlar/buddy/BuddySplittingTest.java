package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Orders, splitting, stretches and alignment of one region's buddy. */
class BuddySplittingTest {
    private final Buddy buddy = new Buddy();

    @Test
    void theOrderOfARunIsTheSmallestThatHoldsIt() {
        for (int pageCount = 1; pageCount <= Buddy.PAGE_COUNT; pageCount++) {
            int order = Buddy.orderOf(pageCount);
            assertThat(1 << order).as("%d pages", pageCount).isBetween(pageCount, 2 * pageCount - 1);
        }
    }

    @Test
    void aNewRegionIsOneFreeBlock() {
        assertThat(buddy.longestFreeStretch()).isEqualTo(512);
        assertThat(buddy.freeCount(9)).isEqualTo(1);
        assertThat(buddy.freePageCount()).isEqualTo(512);
        assertThat(buddy.isEmpty()).isTrue();
        buddy.checkInvariants();
    }

    @Test
    void splittingDownToOnePageLeavesOneFreeBlockOfEachOrderBetween() {
        assertThat(Taking.from(buddy, 1, 0)).isZero();

        for (int order = 0; order < 9; order++) {
            assertThat(buddy.freeCount(order)).as("order %d", order).isEqualTo(1);
        }
        assertThat(buddy.freeCount(9)).isZero();
        assertThat(buddy.longestFreeStretch()).isEqualTo(511);
        assertThat(buddy.isEmpty()).isFalse();
    }

    @Test
    void aRunKeepsNoMorePagesThanItAskedFor() {
        for (int pageCount = 1; pageCount <= Buddy.PAGE_COUNT; pageCount++) {
            Buddy fresh = new Buddy();
            assertThat(Taking.from(fresh, pageCount, 0)).isZero();
            int left = Buddy.PAGE_COUNT - pageCount;
            assertThat(fresh.freePageCount()).isEqualTo(left);
            for (int order = 0; order <= Buddy.MAX_ORDER; order++) {
                assertThat(fresh.freeCount(order)).as("order %d after %d pages", order, pageCount)
                        .isEqualTo((left >> order) & 1);
            }
            fresh.checkInvariants();
        }
    }

    @Test
    void anAlignmentLargerThanTheRunCostsNoPages() {
        for (int order = 0; order <= Buddy.MAX_ORDER; order++) {
            Buddy fresh = new Buddy();
            assertThat(Taking.from(fresh, 1, order)).isZero();
            assertThat(fresh.freePageCount()).isEqualTo(511);
        }
    }

    @Test
    void runsStartAtTheirAlignment() {
        for (int order = 0; order < Buddy.MAX_ORDER; order++) {
            Buddy fresh = new Buddy();
            assertThat(Taking.from(fresh, 1, 0)).isZero();
            assertThat(Taking.from(fresh, 1, order)).as("order %d", order).isEqualTo(1 << order);
        }
        assertThat(Taking.from(buddy, 1, 0)).isZero();
        assertThat(Taking.from(buddy, 1, 9)).isEqualTo(-1);
    }

    @Test
    void aRunOfAPowerOfTwoSplitsTheLowestOfTheSmallestSufficientBlocks() {
        assertThat(Taking.from(buddy, 512, 0)).isZero();
        buddy.free(0, 128);
        buddy.free(256, 4);
        buddy.free(264, 4);

        assertThat(Taking.from(buddy, 4, 0)).isEqualTo(256);
        assertThat(Taking.from(buddy, 2, 0)).isEqualTo(264);
        assertThat(Taking.from(buddy, 1, 0)).isEqualTo(266);
        assertThat(Taking.from(buddy, 4, 0)).isZero();
    }

    @Test
    void aRunOfAPowerOfTwoFitsInAStretchWithoutASufficientBlock() {
        assertThat(Taking.from(buddy, 512, 0)).isZero();
        buddy.free(1, 4);

        assertThat(buddy.freeCount(2)).isZero();
        assertThat(Taking.from(buddy, 4, 0)).isEqualTo(1);
        assertThat(buddy.freePageCount()).isZero();
        buddy.checkInvariants();
    }

    @Test
    void otherRunsGoToTheShortestSufficientStretch() {
        assertThat(Taking.from(buddy, 512, 0)).isZero();
        buddy.free(0, 128);
        buddy.free(251, 6);
        buddy.free(300, 7);

        assertThat(Taking.from(buddy, 5, 0)).isEqualTo(251);
        assertThat(Taking.from(buddy, 7, 0)).isEqualTo(300);
        assertThat(Taking.from(buddy, 7, 0)).isZero();
        assertThat(buddy.freePageCount()).isEqualTo(1 + 121);
        buddy.checkInvariants();
    }

    @Test
    void runsOfOneOddLengthLieSideBySide() {
        for (int count = 0; count < 102; count++) {
            assertThat(Taking.from(buddy, 5, 0)).isEqualTo(5 * count);
        }
        assertThat(Taking.from(buddy, 5, 0)).isEqualTo(-1);
        buddy.checkInvariants();
    }

    @Test
    void anAlignedRunNeedsAndTakesOnlyItsPages() {
        assertThat(Taking.from(buddy, 512, 0)).isZero();
        buddy.free(16, 1);
        buddy.free(31, 5);

        assertThat(Taking.from(buddy, 3, 4)).isEqualTo(32);
        assertThat(Taking.from(buddy, 1, 4)).isEqualTo(16);
        assertThat(Taking.from(buddy, 1, 4)).isEqualTo(-1);
        buddy.checkInvariants();
    }

    @Test
    void anyPartOfAStretchCanBeTaken() {
        for (int firstPage = 0; firstPage < 512; firstPage += 3) {
            for (int end = firstPage + 1; end <= 512; end += 13) {
                Buddy whole = new Buddy();
                whole.take(firstPage, end - firstPage);
                whole.checkInvariants();
                assertThat(whole.freePageCount()).isEqualTo(512 - (end - firstPage));
                assertThat(whole.leadingFree()).isEqualTo(firstPage);
                assertThat(whole.trailingFree()).isEqualTo(512 - end);

                whole.free(firstPage, end - firstPage);
                assertThat(whole.freeCount(9)).as("pages %d to %d taken", firstPage, end).isEqualTo(1);
            }
        }
    }

    @Test
    void takingPagesOfWhichSomeAreTakenThrowsAndChangesNothing() {
        buddy.take(5, 1);
        for (int firstPage = 2; firstPage <= 5; firstPage++) {
            int from = firstPage;
            assertThatThrownBy(() -> buddy.take(from, 4)).isInstanceOf(AssertionError.class);
        }
        assertThat(buddy.freePageCount()).isEqualTo(511);
        buddy.checkInvariants();
    }

    @Test
    void aRunThatDoesNotFitIsRefused() {
        assertThat(Taking.from(buddy, 257, 0)).isZero();

        assertThat(buddy.find(256, 0)).isEqualTo(-1);
        assertThat(buddy.find(255, 0)).isEqualTo(257);
        assertThat(buddy.find(255, 1)).isEqualTo(-1);
        assertThat(buddy.find(254, 1)).isEqualTo(258);
    }

    @Test
    void everyPageCanBeTakenAloneAndNoneTwice() {
        BitSet taken = new BitSet();
        for (int count = 0; count < 512; count++) {
            int page = Taking.from(buddy, 1, 0);
            assertThat(taken.get(page)).as("page %d", page).isFalse();
            taken.set(page);
        }
        assertThat(taken.cardinality()).isEqualTo(512);
        assertThat(buddy.longestFreeStretch()).isZero();
        assertThat(Taking.from(buddy, 1, 0)).isEqualTo(-1);
        buddy.checkInvariants();
    }
}
