package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The effects of a free in a region: merging, freeing parts, and refusing pages that are free already. */
class BuddyCoalescingTest {
    private final Buddy buddy = new Buddy();

    @Test
    void freeingBothBuddiesRestoresTheParentBlock() {
        int left = Taking.from(buddy, 4, 0);
        int right = Taking.from(buddy, 4, 0);
        assertThat(right).isEqualTo(left + 4);

        buddy.free(left, 4);
        assertThat(buddy.freeCount(2)).isEqualTo(1);
        assertThat(buddy.longestFreeStretch()).isEqualTo(504);

        buddy.free(right, 4);
        assertThat(buddy.freeCount(2)).isZero();
        assertThat(buddy.isEmpty()).isTrue();
        assertThat(buddy.freeCount(9)).isEqualTo(1);
    }

    @Test
    void neighboursThatAreNotBuddiesAreNotMerged() {
        assertThat(Taking.from(buddy, 512, 0)).isZero();

        buddy.free(1, 2);

        assertThat(buddy.freeCount(0)).isEqualTo(2);
        assertThat(buddy.freeCount(1)).isZero();
        buddy.checkInvariants();
    }

    @Test
    void pagesFreedInAnyOrderBecomeOneBlockAgain() {
        List<Integer> pages = new ArrayList<>();
        for (int count = 0; count < 512; count++) {
            pages.add(Taking.from(buddy, 1, 0));
        }
        Collections.shuffle(pages, new Random(512));

        for (int page : pages) {
            assertThat(buddy.isEmpty()).isFalse();
            buddy.free(page, 1);
            buddy.checkInvariants();
        }

        assertThat(buddy.isEmpty()).isTrue();
        assertThat(buddy.freeCount(9)).isEqualTo(1);
    }

    @Test
    void anyPartOfARunCanBeFreedFirst() {
        for (int firstPage = 0; firstPage < 512; firstPage += 3) {
            for (int end = firstPage + 1; end <= 512; end += 13) {
                Buddy whole = new Buddy();
                assertThat(Taking.from(whole, 512, 0)).isZero();

                whole.free(firstPage, end - firstPage);
                whole.checkInvariants();
                assertThat(whole.freePageCount()).isEqualTo(end - firstPage);

                whole.free(0, firstPage);
                whole.free(end, 512 - end);
                assertThat(whole.freeCount(9)).as("pages %d to %d first", firstPage, end).isEqualTo(1);
            }
        }
    }

    @Test
    void freeingNoPagesChangesNothing() {
        assertThat(Taking.from(buddy, 512, 0)).isZero();

        buddy.free(512, 0);
        buddy.free(0, 0);

        assertThat(buddy.freePageCount()).isZero();
    }

    @Test
    void freeingTwiceThrowsAndChangesNothing() {
        assertThat(Taking.from(buddy, 8, 0)).isZero();
        buddy.free(0, 4);

        refuses(0, 4);
        refuses(1, 1);
        refuses(300, 1);
    }

    @Test
    void freeingPagesOfWhichSomeAreFreeThrowsAndChangesNothing() {
        assertThat(Taking.from(buddy, 16, 0)).isZero();
        buddy.free(5, 1);

        refuses(4, 4);
        refuses(0, 16);
        refuses(4, 2);
        refuses(12, 8);
    }

    private void refuses(int firstPage, int pageCount) {
        int before = buddy.freePageCount();
        assertThatThrownBy(() -> buddy.free(firstPage, pageCount)).isInstanceOf(AssertionError.class);
        assertThat(buddy.freePageCount()).isEqualTo(before);
        buddy.checkInvariants();
    }
}
