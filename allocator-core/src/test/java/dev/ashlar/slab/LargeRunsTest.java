package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LargeRunsTest {
    private final LargeRuns runs = new LargeRuns(600);

    private void set(int page, int word) {
        runs.prepare(page);
        runs.set(page, word);
    }

    @Test
    void noBlockStartsAtAPageNeverHandedOut() {
        assertThat(runs.word(0)).isZero();
        assertThat(runs.firstPage(700)).isEqualTo(-1);
        assertThat(runs.next(0)).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void everyPageOfABlockLeadsToItsFirst(Holder holder) {
        set(500, LargeRuns.live(600, holder));

        assertThat(LargeRuns.isLive(runs.word(500))).isTrue();
        assertThat(LargeRuns.pageCount(runs.word(500))).isEqualTo(600);
        assertThat(LargeRuns.holder(runs.word(500))).isEqualTo(holder);
        for (int page = 500; page < 1100; page++) {
            assertThat(runs.firstPage(page)).as("page %d", page).isEqualTo(500);
        }
        assertThat(runs.firstPage(499)).isEqualTo(-1);
        assertThat(runs.firstPage(1100)).isEqualTo(-1);
    }

    /** 1 GiB is 512 regions. Only the first has an array. */
    @Test
    void aLongBlockWritesOneWord() {
        set(0, LargeRuns.live(1, Holder.OBJECT));
        long before = runs.metadataByteSize();
        set(512, LargeRuns.live(1 << 18, Holder.OBJECT));

        assertThat(runs.metadataByteSize() - before).isBetween(2048L, 2080L);
        assertThat(runs.firstPage(512 + (1 << 18) - 1)).isEqualTo(512);
        assertThat(runs.firstPage(512 + (1 << 18))).isEqualTo(-1);
        assertThat(runs.next(513)).isEqualTo(-1);
    }

    @Test
    void aBlockEndsOnceHoweverManyTryIt() {
        int word = LargeRuns.live(9, Holder.ADDRESS);
        set(7, word);

        assertThat(runs.replace(7, word, LargeRuns.ended(word))).isTrue();

        assertThat(runs.replace(7, word, LargeRuns.ended(word))).isFalse();
        assertThat(LargeRuns.isLive(runs.word(7))).isFalse();
        assertThat(LargeRuns.hasEnded(runs.word(7))).isTrue();
        assertThat(LargeRuns.heldPageCount(runs.word(7))).as("its pages are still held").isEqualTo(9);
        assertThat(runs.firstPage(8)).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void aBlockThatIsBeingShrunkIsLive(Holder holder) {
        int word = LargeRuns.live(9, holder);
        set(7, word);

        assertThat(runs.replace(7, word, LargeRuns.shrinking(word))).isTrue();

        assertThat(runs.replace(7, word, LargeRuns.parked(9, 3))).as("kept without the lock").isFalse();
        assertThat(LargeRuns.mayBeKept(runs.word(7))).isFalse();
        assertThat(LargeRuns.isLive(runs.word(7))).isTrue();
        assertThat(LargeRuns.pageCount(runs.word(7))).isEqualTo(9);
        assertThat(LargeRuns.heldPageCount(runs.word(7))).isEqualTo(9);
        assertThat(LargeRuns.holder(runs.word(7))).isEqualTo(holder);
        assertThat(runs.firstPage(15)).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource
    void aColdBlockStaysColdWhenItIsShrunkAndIsNotKept(Holder holder) {
        int word = LargeRuns.cold(LargeRuns.live(9, holder));
        int shrunk = LargeRuns.shrunk(LargeRuns.shrinking(word), 4);
        assertThat(shrunk).isEqualTo(LargeRuns.cold(LargeRuns.live(4, holder)));
        assertThat(LargeRuns.mayBeKept(shrunk)).isFalse();
        assertThat(LargeRuns.holder(shrunk)).isEqualTo(holder);
        assertThat(LargeRuns.pageCount(shrunk)).isEqualTo(4);
        assertThat(LargeRuns.mayBeKept(LargeRuns.live(4, holder))).isTrue();
        assertThat(LargeRuns.mayBeKept(LargeRuns.live(LargeRuns.LARGEST_PARKED_PAGE_COUNT + 1, holder))).isFalse();
    }

    @Test
    void aBlockThatAnOwnerKeepsHoldsItsPagesAndIsNotLive() {
        for (int ownerId : new int[] {1, 3, 300, 65_535}) {
            for (int pageCount : new int[] {1, 5, LargeRuns.LARGEST_PARKED_PAGE_COUNT}) {
                set(7, LargeRuns.parked(pageCount, ownerId));
                assertThat(LargeRuns.isLive(runs.word(7))).isFalse();
                assertThat(LargeRuns.hasEnded(runs.word(7))).isFalse();
                assertThat(LargeRuns.heldPageCount(runs.word(7))).isEqualTo(pageCount);
                assertThat(runs.firstPage(7)).isEqualTo(-1);
                assertThat(runs.next(0)).isEqualTo(7);
            }
        }
    }
}
