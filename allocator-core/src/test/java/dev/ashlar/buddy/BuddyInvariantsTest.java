package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check finds planted errors: it would be worthless if it could not fail. */
class BuddyInvariantsTest {
    private final Buddy buddy = new Buddy();

    @BeforeEach
    void takeSomeRuns() {
        assertThat(Taking.from(buddy, 100, 0)).isZero();
        buddy.free(17, 30);
        buddy.checkInvariants();
    }

    @Test
    void aWrongBitOfTheTreeIsFound() {
        long[] freeNodes = buddy.freeNodes;
        for (int node = 1; node < 2 * Buddy.PAGE_COUNT; node++) {
            freeNodes[node >> 6] ^= 1L << node;
            isFound("buddy corrupted");
            freeNodes[node >> 6] ^= 1L << node;
            assertThatCode(buddy::checkInvariants).doesNotThrowAnyException();
        }
    }

    @Test
    void aWrongCountOfAnyOrderIsFound() {
        short[] counts = buddy.freeCountByOrder;
        for (int order = 0; order <= Buddy.MAX_ORDER; order++) {
            counts[order]++;
            isFound("free count of an order: " + order);
            counts[order]--;
        }
    }

    @Test
    void aWrongBitOfAnyOrderIsFound() {
        int freeOrders = buddy.freeOrders;
        for (int order = 0; order <= Buddy.MAX_ORDER; order++) {
            buddy.freeOrders = freeOrders ^ (1 << order);
            isFound("bit of an order: " + order);
        }
    }

    @Test
    void aWrongCountOfFreePagesIsFound() {
        FreePages pages = buddy.pages;
        pages.count = buddy.freePageCount() + 1;
        isFound("free pages corrupted: found [442, 412, 0, 412] kept [443, 412, 0, 412]");
    }

    @Test
    void aWrongLongestStretchOrEndIsFound() {
        FreePages pages = buddy.pages;
        pages.longest++;
        isFound("free pages corrupted");
        pages.longest--;
        pages.leading++;
        isFound("free pages corrupted");
        pages.leading--;
        pages.trailing++;
        isFound("free pages corrupted");
        pages.trailing--;
        buddy.checkInvariants();
    }

    @Test
    void aPageThatIsFreeInOneOfTwoBitmapsIsFound() {
        FreePages pages = buddy.pages;
        pages.take(20, 1);
        isFound("buddy corrupted: page: 20");
    }

    @Test
    void freeBuddiesThatAreNotMergedAreFound() {
        Buddy fresh = new Buddy();
        plantFree(fresh, 1, 9, -1);
        plantFree(fresh, 2, 8, +1);
        plantFree(fresh, 3, 8, +1);
        assertThatThrownBy(fresh::checkInvariants).hasMessageContaining("free buddies unmerged: 2");
    }

    @Test
    void aFreeBlockInsideAFreeBlockIsFound() {
        Buddy fresh = new Buddy();
        plantFree(fresh, 512 + 77, 0, +1);
        assertThatThrownBy(fresh::checkInvariants).hasMessageContaining("free block inside a free block: 589");
    }

    private static void plantFree(Buddy target, int node, int order, int change) {
        target.freeNodes[node >> 6] ^= 1L << node;
        short[] counts = target.freeCountByOrder;
        counts[order] += (short) change;
        int orders = target.freeOrders & ~(1 << order);
        target.freeOrders = orders | (counts[order] > 0 ? 1 << order : 0);
    }

    private void isFound(String message) {
        assertThatThrownBy(buddy::checkInvariants).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }
}
