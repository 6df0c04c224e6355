package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedRunTest {
    private static final int GRANULE = PackedRun.GRANULE_BYTE_SIZE;

    private final PackedRun run = Stores.packedRun(0);
    private final Filling filling = new Filling();

    private int allocate(int count, int alignment, Holder holder) {
        filling.begin(run);
        int first = filling.take(count, alignment, holder);
        assertThat(filling.settle()).isSameAs(run);
        return first;
    }

    private void free(int first) {
        run.free(first, run.granuleCountOf(first));
    }

    @Test
    void sizesAreRoundedUpToGranules() {
        for (int size = 1; size <= BlockStore.LARGEST_PACKED_BYTE_SIZE; size++) {
            int bytes = PackedRun.granuleCount(size) * GRANULE;
            int least = Math.max(size, PackedRun.LEAST_GRANULE_COUNT * GRANULE);
            assertThat(bytes).as("size %d", size).isBetween(least, least + GRANULE - 1);
        }
    }

    /** A block of any length at any place around the edges of the words: each granule leads to its start. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 30, 31, 32, 33, 61, 62, 63, 64, 65, 66, 126, 127, 128, 129, 511, 512, 958, 960})
    void aBlockAtTheEdgeOfAWordIsFoundAndFreedAsAWhole(int first) {
        for (Holder holder : Holder.values()) {
            for (int count : new int[] {2, 3, 30, 31, 32, 33, 61, 62, 64}) {
                if (first > 0) {
                    assertThat(allocate(first, 1, Holder.OBJECT)).isZero();
                }
                int block = allocate(count, 1, holder);
                int after = PackedRun.GRANULE_COUNT - first - count;
                if (after > 0) {
                    assertThat(allocate(after, 1, Holder.OBJECT)).isEqualTo(first + count);
                }
                assertThat(block).isEqualTo(first);
                assertThat(run.startAt(block)).isEqualTo(first * GRANULE);
                assertThat(run.usableByteSize(block)).isEqualTo(count * GRANULE);
                assertThat(run.holder(block)).isEqualTo(holder);
                for (int granule = first; granule < first + count; granule++) {
                    assertThat(run.positionOf(granule * GRANULE)).isEqualTo(block);
                    assertThat(run.positionOf(granule * GRANULE + 63)).isEqualTo(block);
                }
                assertThat(run.longestFree()).isZero();
                run.checkInvariants();

                free(block);
                assertThat(run.positionOf(block * GRANULE)).isEqualTo(-1);
                assertThat(run.longestFree()).isEqualTo(count);
                assertThat(run.freeByteSize()).isEqualTo(count * GRANULE);
                if (first > 0) {
                    free(0);
                }
                if (after > 0) {
                    free(first + count);
                }
                assertThat(run.isVacant()).isTrue();
                run.checkInvariants();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 62, 63, 64, 65, 66, 127, 128, 129, 199, 200})
    void shrinkingKeepsTheRequestedBytesAndFreesTheRest(int kept) {
        for (Holder holder : Holder.values()) {
            for (int first : new int[] {2, 62, 63, 64, 65}) {
                allocate(first, 1, Holder.OBJECT);
                int block = allocate(200, 1, holder);
                allocate(PackedRun.GRANULE_COUNT - first - 200, 1, Holder.OBJECT);

                run.shrink(block, kept * GRANULE);

                assertThat(run.usableByteSize(block)).isEqualTo(kept * GRANULE);
                assertThat(run.holder(block)).isEqualTo(holder);
                assertThat(run.longestFree()).isEqualTo(200 - kept);
                assertThat(run.positionOf((block + kept) * GRANULE - 1)).isEqualTo(block);
                assertThat(run.positionOf((block + kept) * GRANULE)).isEqualTo(kept == 200 ? first + 200 : -1);
                run.checkInvariants();
                free(0);
                free(block);
                free(first + 200);
                assertThat(run.isVacant()).isTrue();
            }
        }
    }

    @Test
    void shrinkingByLessThanAGranuleFreesNothing() {
        int block = allocate(3, 1, Holder.ADDRESS);

        run.shrink(block, 2 * GRANULE + 1);

        assertThat(run.usableByteSize(block)).isEqualTo(3 * GRANULE);
        assertThat(run.longestFree()).isEqualTo(PackedRun.GRANULE_COUNT - 3);
        run.checkInvariants();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 32})
    void blocksStartAtTheRequestedAlignmentAndTheGapBeforeThemStaysFree(int alignment) {
        allocate(2, 1, Holder.ADDRESS);

        int block = allocate(5, alignment, Holder.OBJECT);

        assertThat(block).isEqualTo(Math.max(2, alignment));
        assertThat(run.positionOf(block * GRANULE - 1)).isEqualTo(block == 2 ? 0 : -1);
        assertThat(run.longestFree()).isEqualTo(PackedRun.GRANULE_COUNT - block - 5);
        run.checkInvariants();
        for (int granule = 2; granule < block; granule++) {
            assertThat(run.isFree(granule)).isTrue();
        }
    }

    @Test
    void anAlignedBlockTakesTheLastPlaceOfAStretchJustLongEnough() {
        allocate(33, 1, Holder.ADDRESS);
        int gap = allocate(5 + 31, 1, Holder.ADDRESS);
        allocate(PackedRun.GRANULE_COUNT - 33 - 36, 1, Holder.ADDRESS);
        free(gap);
        assertThat(run.longestFree()).isEqualTo(36);

        assertThat(allocate(5, 32, Holder.ADDRESS)).isEqualTo(64);
        assertThat(run.longestFree()).isEqualTo(31);
        run.checkInvariants();
    }

    @Test
    void theWholeRunCanBeOneBlock() {
        assertThat(allocate(PackedRun.GRANULE_COUNT, 1, Holder.OBJECT)).isZero();

        assertThat(run.longestFree()).isZero();
        assertThat(run.usableByteSize(0)).isEqualTo(PackedRun.GRANULE_COUNT * GRANULE);
        assertThat(run.positionOf(PackedRun.GRANULE_COUNT * GRANULE - 1)).isZero();
        free(0);
        assertThat(run.isVacant()).isTrue();
    }

    @Test
    void freeingAnythingButAWholeBlockThrowsAndChangesNothing() {
        int block = allocate(3, 1, Holder.OBJECT);
        int free = run.freeByteSize();

        for (int[] wrong : new int[][] {{block + 1, 2}, {block + 3, 3}, {block, 2}, {block, 4}}) {
            assertThatThrownBy(() -> run.free(wrong[0], wrong[1])).isInstanceOf(AssertionError.class);
        }
        assertThat(run.freeByteSize()).isEqualTo(free);
        run.checkInvariants();
    }

    @Test
    void theLongestStretchIsCountedAgainOnRequest() {
        run.take(0, 5, Holder.ADDRESS);
        run.take(5, 70, Holder.OBJECT);
        run.take(500, 24, Holder.ADDRESS);
        run.free(5, 70);
        Stretches stretches = new Stretches();
        run.readFree(stretches);
        run.noteLongestFree(stretches.longest());

        assertThat(run.longestFree()).isEqualTo(500);
        assertThat(run.freeCount()).isEqualTo(PackedRun.GRANULE_COUNT - 29);
        run.checkInvariants();
        assertThat(run.usableByteSize(0)).isEqualTo(5 * GRANULE);
        assertThat(run.usableByteSize(500)).isEqualTo(24 * GRANULE);
    }

    /** Blocks side by side at every offset from a pair of granules, around the edges of words. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300})
    void aParkedBlockIsNeitherLiveNorFreeAndItsNeighboursAreUnchanged(int count) {
        int blockCount = PackedRun.GRANULE_COUNT / count;
        for (int block = 0; block < blockCount; block++) {
            allocate(count, 1, block % 2 == 0 ? Holder.ADDRESS : Holder.OBJECT);
        }
        int freeBytes = run.freeByteSize();
        int freeGranules = run.freeCount();
        for (int block = 0; block < blockCount; block++) {
            int first = block * count;
            Holder next = block % 3 == 0 ? Holder.ADDRESS : Holder.OBJECT;

            run.park(first);

            assertThat(run.isLive(first)).isFalse();
            for (int granule = first; granule < first + count; granule++) {
                assertThat(run.isFree(granule)).isFalse();
                assertThat(run.positionOf(granule * GRANULE)).isEqualTo(-1);
                assertThat(run.find(granule * GRANULE, run.holder(first))).isEqualTo(FreeResult.NOT_LIVE.code);
            }
            assertThat(run.granuleCountOf(first)).isEqualTo(count);
            assertThat(run.freeCount()).isEqualTo(freeGranules);
            assertThat(run.freeByteSize()).isEqualTo(freeBytes + count * GRANULE);
            assertThat(run.liveBlockCount()).isEqualTo(blockCount - 1);
            for (int other = Math.max(0, block - 1); other < Math.min(blockCount, block + 2); other++) {
                assertThat(run.isLive(other * count)).as("block %d", other).isEqualTo(other != block);
                assertThat(run.usableByteSize(other * count)).isEqualTo(count * GRANULE);
            }
            run.checkInvariants();

            run.unpark(first, next);
            assertThat(run.isLive(first)).isTrue();
            assertThat(run.holder(first)).isEqualTo(next);
            assertThat(run.find(first * GRANULE, next)).isEqualTo(first);
        }
        assertThat(run.freeByteSize()).isEqualTo(freeBytes);
        run.checkInvariants();
    }

    @Test
    void aBlockFreedFromParkingIsNotParkedInItsNextLife() {
        int block = allocate(4, 1, Holder.ADDRESS);
        int kept = allocate(4, 1, Holder.OBJECT);
        run.park(block);
        assertThat(run.isVacant()).isFalse();
        free(block);
        assertThat(run.isFree(block)).isTrue();
        assertThat(run.longestFree()).isEqualTo(PackedRun.GRANULE_COUNT - 8);

        run.take(block, 3, Holder.OBJECT);

        assertThat(run.isLive(block)).isTrue();
        assertThat(run.positionOf((block + 3) * GRANULE - 1)).isEqualTo(block);
        assertThat(run.liveBlockCount()).isEqualTo(2);
        assertThat(run.isLive(kept)).isTrue();
    }

    /** The bit of a pair belongs to the one block that starts there, at either of its granules. */
    @Test
    void aBlockMayStartAtTheOtherGranuleOfAParkedPair() {
        int before = allocate(4, 1, Holder.ADDRESS);
        int block = allocate(3, 1, Holder.ADDRESS);
        run.park(block);
        free(block);
        free(before);
        run.take(0, 5, Holder.ADDRESS);
        run.take(5, 2, Holder.OBJECT);

        assertThat(run.isLive(5)).isTrue();
        assertThat(run.isLive(0)).isTrue();
        run.park(5);
        assertThat(run.isLive(5)).isFalse();
        assertThat(run.isLive(0)).isTrue();
        assertThat(run.positionOf(4 * GRANULE)).isZero();
        assertThat(run.positionOf(6 * GRANULE)).isEqualTo(-1);
    }

    @Test
    void aMarkLeadsToTheBlockThatStartsInItsPairOfGranules() {
        run.take(0, 3, Holder.ADDRESS);
        run.take(3, 2, Holder.ADDRESS);
        run.take(6, 2, Holder.ADDRESS);
        for (int[] markAndBlock : new int[][] {{0, 0}, {1, 3}, {2, -1}, {3, 6}, {4, -1}}) {
            assertThat(run.livePositionOf(markAndBlock[0])).isEqualTo(markAndBlock[1]);
        }
        assertThat(run.markRemote(3, run.generation())).isTrue();
        assertThat(run.markRemote(3, run.generation())).isFalse();
        assertThat(run.isMarkedRemote(3)).isTrue();
        assertThat(run.isMarkedRemote(0)).isFalse();
        assertThat(run.isMarkedRemote(6)).isFalse();
        assertThat(run.remoteMarks(0)).isEqualTo(0b10);
        assertThat(run.markRemote(1022, run.generation())).isTrue();
        assertThat(run.remoteMarks(run.remoteWordCount() - 1)).isEqualTo(1L << 511 % 48);
        run.park(3);
        assertThat(run.livePositionOf(1)).isEqualTo(-1);
    }

    @Test
    void onlyLiveBlocksAreParkedAndOnlyParkedBlocksAreUsedAgain() {
        int block = allocate(4, 1, Holder.OBJECT);
        for (int granule : new int[] {block + 1, block + 2, block + 4}) {
            assertThatThrownBy(() -> run.park(granule)).isInstanceOf(AssertionError.class);
        }
        assertThatThrownBy(() -> run.unpark(block, Holder.OBJECT)).isInstanceOf(AssertionError.class);
        run.park(block);
        assertThatThrownBy(() -> run.park(block)).isInstanceOf(AssertionError.class);
        run.checkInvariants();
    }

    /** A thread that reads another run than it meant to may pass such an offset. */
    @Test
    void anOffsetOutsideTheRunLeadsToNoBlock() {
        allocate(PackedRun.GRANULE_COUNT, 1, Holder.ADDRESS);
        int end = PackedRun.GRANULE_COUNT * GRANULE;
        for (int offset : new int[] {-1, -GRANULE, -end, Integer.MIN_VALUE, end, end + 1, 1 << 30, Integer.MAX_VALUE}) {
            assertThat(run.positionOf(offset)).as("offset %d", offset).isEqualTo(-1);
        }
    }

    @Test
    void granulesOutsideTheRunAreNotFree() {
        assertThat(run.isFree(-1)).isFalse();
        assertThat(run.isFree(0)).isTrue();
        assertThat(run.isFree(PackedRun.GRANULE_COUNT - 1)).isTrue();
        assertThat(run.isFree(PackedRun.GRANULE_COUNT)).isFalse();
    }
}
