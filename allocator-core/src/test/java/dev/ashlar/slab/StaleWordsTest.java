package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lines remain after their runs end. A lookup must not find those runs in them. */
class StaleWordsTest {
    private static final long PAGE = 4096;
    private static final int REGION_COUNT = 4;

    private final FakeRegionSource source = new FakeRegionSource(REGION_COUNT);
    private final BlockStore store = Stores.over(source, Eraser.NONE);

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
    }

    private long run(long pages) {
        return Stores.allocate(store, pages * PAGE, 12, Holder.ADDRESS);
    }

    private void free(long offset) {
        assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        store.owners.own().parking.run.release();
    }

    private void requireNoLiveBlock(long from, long to) {
        for (long offset = from; offset < to; offset += PAGE / 2) {
            assertThat(store.startOf(offset)).as("offset %d", offset).isEqualTo(-1);
        }
    }

    @Test
    void theInteriorOfAFreedRunLeadsNowhere() {
        long offset = run(8);
        free(offset);

        requireNoLiveBlock(0, REGION_COUNT * (2L << 20));
    }

    @Test
    void theInteriorOfAFreedRunDoesNotLeadToAShorterRunAtItsHead() {
        long offset = run(8);
        free(offset);

        assertThat(run(3)).isEqualTo(offset);

        assertThat(store.startOf(offset + 3 * PAGE - 1)).isEqualTo(offset);
        requireNoLiveBlock(offset + 3 * PAGE, offset + 16 * PAGE);
    }

    @Test
    void theInteriorCutOffAShrunkRunDoesNotLeadBackToIt() {
        long offset = run(8);
        assertThat(store.shrink(offset, 2 * PAGE, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        requireNoLiveBlock(offset + 2 * PAGE, offset + 16 * PAGE);
        assertThat(run(4)).isEqualTo(offset + 4 * PAGE);
        assertThat(store.startOf(offset + 3 * PAGE)).isEqualTo(-1);
        assertThat(store.startOf(offset + 7 * PAGE)).isEqualTo(offset + 4 * PAGE);
    }

    @Test
    void theInteriorOfAFreedRunDoesNotLeadToASlabAtItsHead() {
        long offset = run(8);
        free(offset);

        assertThat(Stores.allocate(store, 16, 4, Holder.ADDRESS)).isEqualTo(offset);

        assertThat(store.startOf(offset)).isEqualTo(offset);
        assertThat(store.startOf(offset + 16)).isEqualTo(-1);
        requireNoLiveBlock(offset + PAGE, offset + 16 * PAGE);
    }

    @Test
    void pagesOfAReleasedSlabDoNotLeadToTheNextRun() {
        run(1);
        long first = Stores.allocate(store, 16, 4, Holder.ADDRESS);
        free(first);
        assertThat(store.trim()).as("regions released").isZero();
        long blocker = run(1);
        assertThat(blocker).isEqualTo(first);
        long second = Stores.allocate(store, 16, 4, Holder.ADDRESS);
        assertThat(second).isNotEqualTo(first);
        free(blocker);

        requireNoLiveBlock(first, first + PAGE);
        assertThat(store.startOf(second)).isEqualTo(second);
    }

    @Test
    void pagesOfAReleasedPackedRunDoNotLeadToTheNextRun() {
        run(1);
        long first = Stores.allocate(store, 1000, 4, Holder.ADDRESS);
        free(first);
        assertThat(store.trim()).as("regions released").isZero();
        long blocker = run(16);
        assertThat(blocker).isEqualTo(first);
        long second = Stores.allocate(store, 1000, 4, Holder.ADDRESS);
        assertThat(second).isNotEqualTo(first);
        free(blocker);

        requireNoLiveBlock(first, first + 16 * PAGE);
        assertThat(store.startOf(second + 1000)).isEqualTo(second);
    }

    @Test
    void aFormerPageOfAShorterCutRunDoesNotLeadToIt() {
        for (long byteSize : new long[] {16, 1000}) {
            long pages = byteSize == 16 ? 1 : PackedRuns.PAGE_COUNT;
            long before = run(pages);
            long first = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
            assertThat(first).isEqualTo(before + pages * PAGE);
            free(first);
            // Its owner keeps the run until then.
            assertThat(store.trim()).as("regions released").isZero();
            free(before);

            long second = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);

            assertThat(second / PAGE).isEqualTo(before / PAGE);
            assertThat(store.startOf(first)).isEqualTo(-1);
            requireNoLiveBlock(first, first + pages * PAGE);
            free(second);
            store.trim();
        }
    }

    @Test
    void wordsOfAReleasedRegionLeadNowhereAfterItIsCommittedAgain() {
        long whole = run(3 * 512);
        free(whole);
        assertThat(source.committedRegionCount()).isEqualTo(1);
        requireNoLiveBlock(0, REGION_COUNT * (2L << 20));

        long again = run(512 + 1);

        assertThat(again).isEqualTo(whole);
        assertThat(store.startOf(again + 513 * PAGE - 1)).isEqualTo(again);
        requireNoLiveBlock(again + 513 * PAGE, REGION_COUNT * (2L << 20));
    }
}
