package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of one packed run, between others: their bits at every edge of a word and of a line. */
class PackedRunsTest {
    private static final int COUNT = PackedRun.GRANULE_COUNT;

    private final RunSpace space = Stores.space(1, Eraser.NONE);
    private final PackedRun before = PackedRun.open(space);
    private final PackedRun run = PackedRun.open(space);

    private void take(int first, int count, Holder holder) {
        if (count > 0) {
            run.take(first, count, holder);
        }
    }

    private void updateLongestFree() {
        Stretches stretches = new Stretches();
        run.packed().readFree(run.firstPage(), stretches);
        run.setLongestFree(stretches.longest());
    }

    @Test
    void sizesAreRoundedUpToGranules() {
        for (int size = 1; size <= BlockStore.LARGEST_PACKED_BYTE_SIZE; size++) {
            int bytes = PackedRuns.granuleCount(size) * 64;
            int least = Math.max(size, PackedRuns.LEAST_GRANULE_COUNT * 64);
            assertThat(bytes).as("size %d", size).isBetween(least, least + 63);
        }
    }

    /** A block of any length at any place around the edges of the words: each granule leads to its start. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 30, 31, 32, 33, 61, 62, 63, 64, 65, 66, 126, 127, 128, 129, 511, 512, 958, 960})
    void aBlockAtTheEdgeOfAWordIsFoundAndFreedAsAWhole(int first) {
        for (Holder holder : Holder.values()) {
            for (int count : new int[] {2, 3, 30, 31, 32, 33, 61, 62, 64}) {
                int end = first + count;
                take(0, first, Holder.OBJECT);
                take(first, count, holder);
                take(end, COUNT - end, Holder.OBJECT);
                updateLongestFree();
                assertThat(run.granuleCountOf(first)).isEqualTo(count);
                assertThat(run.holder(first)).isEqualTo(holder);
                for (int granule = first; granule < end; granule++) {
                    assertThat(run.startOf(granule)).isEqualTo(first);
                    assertThat(run.isFree(granule)).isFalse();
                }
                assertThat(run.longestFree()).isZero();
                run.check();

                run.free(first);

                assertThat(run.startOf(first)).isEqualTo(-1);
                assertThat(run.longestFree()).isEqualTo(count);
                assertThat(run.freeCount()).isEqualTo(count);
                if (first > 0) {
                    assertThat(run.granuleCountOf(0)).isEqualTo(first);
                    run.free(0);
                }
                if (end < COUNT) {
                    run.free(end);
                }
                assertThat(run.isVacant()).isTrue();
                run.check();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 62, 63, 64, 65, 66, 127, 128, 129, 199, 200})
    void shrinkingKeepsTheRequestedBytesAndFreesTheRest(int kept) {
        for (Holder holder : Holder.values()) {
            for (int first : new int[] {2, 62, 63, 64, 65}) {
                take(0, first, Holder.OBJECT);
                take(first, 200, holder);
                take(first + 200, COUNT - first - 200, Holder.OBJECT);
                updateLongestFree();

                run.shrink(first, kept * 64 - 63);

                assertThat(run.granuleCountOf(first)).isEqualTo(kept);
                assertThat(run.holder(first)).isEqualTo(holder);
                assertThat(run.longestFree()).isEqualTo(200 - kept);
                assertThat(run.startOf(first + kept - 1)).isEqualTo(first);
                assertThat(run.startOf(first + kept)).isEqualTo(kept == 200 ? first + 200 : -1);
                run.check();
                run.free(0);
                run.free(first);
                run.free(first + 200);
                assertThat(run.isVacant()).isTrue();
            }
        }
    }

    /** A stretch, like a block, ends at the end of its run. */
    @Test
    void theRunBehindIsNoPartOfABlockOrAStretch() {
        before.take(COUNT - 5, 5, Holder.OBJECT);
        assertThat(before.granuleCountOf(COUNT - 5)).isEqualTo(5);
        run.take(0, 7, Holder.ADDRESS);
        before.free(COUNT - 5);
        assertThat(before.longestFree()).isEqualTo(COUNT);
        run.take(7, COUNT - 7, Holder.ADDRESS);
        assertThat(run.granuleCountOf(7)).isEqualTo(COUNT - 7);
        run.free(7);
        before.take(0, COUNT, Holder.ADDRESS);
        assertThat(before.granuleCountOf(0)).isEqualTo(COUNT);
        assertThat(run.startOf(0)).isZero();
        run.free(0);
        assertThat(run.startOf(0)).isEqualTo(-1);
    }

    /** Blocks side by side around the edges of words. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300})
    void aParkedBlockIsNeitherLiveNorFreeAndItsNeighboursAreUnchanged(int count) {
        int blockCount = COUNT / count;
        for (int block = 0; block < blockCount; block++) {
            take(block * count, count, block % 2 == 0 ? Holder.ADDRESS : Holder.OBJECT);
        }
        updateLongestFree();
        for (int block = 0; block < blockCount; block++) {
            int first = block * count;

            run.park(first);

            run.check();
            assertThat(run.isLive(first)).isFalse();
            assertThat(run.granuleCountOf(first)).isEqualTo(count);
            assertThat(run.packed().parkedGranuleCount(run.firstPage())).isEqualTo(count);
            for (int other = Math.max(0, block - 1); other < Math.min(blockCount, block + 2); other++) {
                assertThat(run.isLive(other * count)).as("block %d", other).isEqualTo(other != block);
                assertThat(run.isFree(other * count)).isFalse();
            }
            run.unpark(first);
            assertThat(run.isLive(first)).isTrue();
        }
        run.check();
    }

    @Test
    void aBlockFreedFromParkingIsNotParkedInItsNextLife() {
        run.take(0, 4, Holder.ADDRESS);
        run.take(4, 4, Holder.OBJECT);
        run.park(0);
        run.free(0);
        run.take(0, 3, Holder.OBJECT);

        assertThat(run.isLive(0)).isTrue();
        assertThat(run.startOf(2)).isZero();
        assertThat(run.isLive(4)).isTrue();
    }

    @Test
    void anyGranuleThatIsWrongIsFound() {
        run.take(5, 70, Holder.ADDRESS);
        run.setLongestFree(COUNT - 75);
        run.check();
        long[] words = run.words();
        for (int granule = 0; granule < COUNT; granule++) {
            int word = BlockBits.lineOf(run.at(granule)) + 1;
            long second = BlockBits.bit(granule);
            if (granule != 5) {
                words[word] ^= second;
                isFound();
                words[word] ^= second;
            }
            int parked = BlockBits.parkedWordOf(run.at(granule));
            words[parked] ^= 1L << granule;
            if (granule == 5 || granule == 6) {
                // The block may be parked, and an object may hold it.
                run.check();
            } else {
                isFound();
            }
            words[parked] ^= 1L << granule;
        }
        run.check();
    }

    @Test
    void wrongCountsAreFound() {
        run.setLongestFree(COUNT - 1);
        isFound();
        run.setLongestFree(COUNT);
        run.check();
        space.lines.setFirst(run.firstPage(), space.lines.first(run.firstPage()) - RunWord.ONE_FREE);
        isFound();
    }

    private void isFound() {
        assertThatThrownBy(run::check).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("packed run at page " + run.firstPage());
    }
}
