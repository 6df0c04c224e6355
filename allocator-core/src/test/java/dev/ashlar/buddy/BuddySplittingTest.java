package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Orders, splitting, trimming and alignment of one region's buddy. */
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
        assertThat(buddy.largestFreeOrder()).isEqualTo(9);
        assertThat(buddy.freeCount(9)).isEqualTo(1);
        assertThat(buddy.freePageCount()).isEqualTo(512);
        assertThat(buddy.isEmpty()).isTrue();
        buddy.checkInvariants();
    }

    @Test
    void splittingDownToOnePageLeavesOneFreeBlockOfEachOrderBetween() {
        assertThat(buddy.allocate(1, 0)).isZero();

        for (int order = 0; order < 9; order++) {
            assertThat(buddy.freeCount(order)).as("order %d", order).isEqualTo(1);
        }
        assertThat(buddy.freeCount(9)).isZero();
        assertThat(buddy.largestFreeOrder()).isEqualTo(8);
        assertThat(buddy.isEmpty()).isFalse();
    }

    @Test
    void aRunKeepsNoMorePagesThanItAskedFor() {
        for (int pageCount = 1; pageCount <= Buddy.PAGE_COUNT; pageCount++) {
            Buddy fresh = new Buddy();
            assertThat(fresh.allocate(pageCount, 0)).isZero();
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
    void alignmentBeyondTheSizeCostsNoPages() {
        for (int order = 0; order <= Buddy.MAX_ORDER; order++) {
            Buddy fresh = new Buddy();
            assertThat(fresh.allocate(1, order)).isZero();
            assertThat(fresh.freePageCount()).isEqualTo(511);
        }
    }

    @Test
    void runsStartWhereTheAlignmentAsks() {
        for (int order = 0; order < Buddy.MAX_ORDER; order++) {
            Buddy fresh = new Buddy();
            assertThat(fresh.allocate(1, 0)).isZero();
            assertThat(fresh.allocate(1, order)).as("order %d", order).isEqualTo(1 << order);
        }
        assertThat(buddy.allocate(1, 0)).isZero();
        assertThat(buddy.allocate(1, 9)).isEqualTo(-1);
    }

    @Test
    void theSmallestSufficientBlockIsSplitAndOfEqualsTheLowest() {
        assertThat(buddy.allocate(512, 0)).isZero();
        buddy.free(0, 128);
        buddy.free(256, 4);
        buddy.free(264, 4);

        assertThat(buddy.allocate(3, 0)).isEqualTo(256);
        assertThat(buddy.allocate(4, 0)).isEqualTo(264);
        assertThat(buddy.allocate(4, 0)).isZero();
        assertThat(buddy.allocate(1, 0)).isEqualTo(259);
    }

    @Test
    void whatDoesNotFitIsRefusedAndChangesNothing() {
        assertThat(buddy.allocate(257, 0)).isZero();
        int before = buddy.freePageCount();

        assertThat(buddy.allocate(129, 0)).as("255 pages are free, but no block of 256").isEqualTo(-1);
        assertThat(buddy.freePageCount()).isEqualTo(before);
        buddy.checkInvariants();
    }

    @Test
    void everyPageCanBeTakenAloneAndNoneTwice() {
        BitSet taken = new BitSet();
        for (int count = 0; count < 512; count++) {
            int page = buddy.allocate(1, 0);
            assertThat(taken.get(page)).as("page %d", page).isFalse();
            taken.set(page);
        }
        assertThat(taken.cardinality()).isEqualTo(512);
        assertThat(buddy.largestFreeOrder()).isEqualTo(-1);
        assertThat(buddy.allocate(1, 0)).isEqualTo(-1);
        buddy.checkInvariants();
    }
}
