package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedRunTest {
    private static final int GRANULE = PackedRun.GRANULE_BYTE_SIZE;

    private final PackedRun run = new PackedRun(0);

    @Test
    void sizesAreRoundedUpToGranules() {
        for (int size = 1; size <= BlockStore.LARGEST_PACKED_BYTE_SIZE; size++) {
            int bytes = PackedRun.granuleCount(size) * GRANULE;
            assertThat(bytes).as("size %d", size).isBetween(size, size + GRANULE - 1);
        }
    }

    /** A block of any length at any place around the edges of the 64-bit words: each granule leads to its start. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 61, 62, 63, 64, 65, 66, 126, 127, 128, 129, 511, 512, 958, 959, 960})
    void aBlockAtAWordsEdgeIsFoundWholeAndGivenBackWhole(int first) {
        for (Holder holder : Holder.values()) {
            for (int count : new int[] {1, 2, 3, 30, 61, 62, 63, 64}) {
                if (first > 0) {
                    assertThat(run.allocate(first, 1, Holder.OBJECT)).isZero();
                }
                int offset = run.allocate(count, 1, holder);
                int after = PackedRun.GRANULE_COUNT - first - count;
                if (after > 0) {
                    assertThat(run.allocate(after, 1, Holder.OBJECT)).isEqualTo((first + count) * GRANULE);
                }
                assertThat(offset).isEqualTo(first * GRANULE);
                assertThat(run.usableByteSize(offset)).isEqualTo(count * GRANULE);
                assertThat(run.holder(offset)).isEqualTo(holder);
                for (int granule = first; granule < first + count; granule++) {
                    assertThat(run.startOf(granule * GRANULE)).isEqualTo(offset);
                    assertThat(run.startOf(granule * GRANULE + 63)).isEqualTo(offset);
                }
                assertThat(run.longestFree()).isZero();
                run.checkInvariants();

                run.free(offset);
                assertThat(run.startOf(offset)).isEqualTo(-1);
                assertThat(run.longestFree()).isEqualTo(count);
                assertThat(run.freeByteSize()).isEqualTo(count * GRANULE);
                if (first > 0) {
                    run.free(0);
                }
                if (after > 0) {
                    run.free((first + count) * GRANULE);
                }
                assertThat(run.isVacant()).isTrue();
                run.checkInvariants();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 62, 63, 64, 65, 66, 127, 128, 129, 199, 200})
    void shrinkingKeepsWhatWasAskedAndFreesTheRest(int kept) {
        for (Holder holder : Holder.values()) {
            for (int first : new int[] {1, 62, 63, 64, 65}) {
                run.allocate(first, 1, Holder.OBJECT);
                int offset = run.allocate(200, 1, holder);
                run.allocate(PackedRun.GRANULE_COUNT - first - 200, 1, Holder.OBJECT);

                run.shrink(offset, kept * GRANULE);

                assertThat(run.usableByteSize(offset)).isEqualTo(kept * GRANULE);
                assertThat(run.holder(offset)).isEqualTo(holder);
                assertThat(run.longestFree()).isEqualTo(200 - kept);
                assertThat(run.startOf(offset + kept * GRANULE - 1)).isEqualTo(offset);
                assertThat(run.startOf(offset + kept * GRANULE)).isEqualTo(kept == 200 ? (first + 200) * GRANULE : -1);
                run.checkInvariants();
                run.free(0);
                run.free(offset);
                run.free((first + 200) * GRANULE);
                assertThat(run.isVacant()).isTrue();
            }
        }
    }

    @Test
    void shrinkingByLessThanAGranuleFreesNothing() {
        int offset = run.allocate(3, 1, Holder.ADDRESS);

        run.shrink(offset, 2 * GRANULE + 1);

        assertThat(run.usableByteSize(offset)).isEqualTo(3 * GRANULE);
        assertThat(run.longestFree()).isEqualTo(PackedRun.GRANULE_COUNT - 3);
        run.checkInvariants();
    }

    @Test
    void theShortestSufficientStretchIsTakenAndOfEqualsTheFirst() {
        int[] gaps = {9, 4, 3, 4};
        int[] starts = new int[gaps.length];
        for (int index = 0; index < gaps.length; index++) {
            starts[index] = run.allocate(gaps[index], 1, Holder.ADDRESS);
            run.allocate(1, 1, Holder.ADDRESS);
        }
        for (int start : starts) {
            run.free(start);
        }

        assertThat(run.allocate(4, 1, Holder.ADDRESS)).isEqualTo(starts[1]);
        assertThat(run.allocate(4, 1, Holder.ADDRESS)).isEqualTo(starts[3]);
        assertThat(run.allocate(4, 1, Holder.ADDRESS)).isEqualTo(starts[0]);
        assertThat(run.allocate(1, 1, Holder.ADDRESS)).isEqualTo(starts[2]);
        run.checkInvariants();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 32})
    void blocksStartAtTheAlignmentAskedAndWhatLiesBeforeStaysFree(int alignment) {
        run.allocate(1, 1, Holder.ADDRESS);

        int offset = run.allocate(5, alignment, Holder.OBJECT);

        assertThat(offset).isEqualTo(alignment * GRANULE);
        assertThat(run.startOf(offset - 1)).isEqualTo(alignment == 1 ? 0 : -1);
        assertThat(run.longestFree()).isEqualTo(PackedRun.GRANULE_COUNT - alignment - 5);
        run.checkInvariants();
        if (alignment > 1) {
            assertThat(run.allocate(alignment - 1, 1, Holder.ADDRESS)).isEqualTo(GRANULE);
        }
    }

    @Test
    void anAlignedBlockTakesTheLastPlaceOfAStretchJustLongEnough() {
        run.allocate(1, 1, Holder.ADDRESS);
        int gap = run.allocate(5 + 31, 1, Holder.ADDRESS);
        run.allocate(PackedRun.GRANULE_COUNT - 37, 1, Holder.ADDRESS);
        run.free(gap);
        assertThat(run.longestFree()).isEqualTo(36);

        assertThat(run.allocate(5, 32, Holder.ADDRESS)).isEqualTo(32 * GRANULE);
        assertThat(run.longestFree()).isEqualTo(31);
        run.checkInvariants();
    }

    @Test
    void theWholeRunCanBeOneBlock() {
        assertThat(run.allocate(PackedRun.GRANULE_COUNT, 1, Holder.OBJECT)).isZero();

        assertThat(run.longestFree()).isZero();
        assertThat(run.usableByteSize(0)).isEqualTo(PackedRun.GRANULE_COUNT * GRANULE);
        assertThat(run.startOf(PackedRun.GRANULE_COUNT * GRANULE - 1)).isZero();
        run.free(0);
        assertThat(run.isVacant()).isTrue();
    }

    @Test
    void freeingAnythingButAStartThrowsAndChangesNothing() {
        int offset = run.allocate(3, 1, Holder.OBJECT);
        int free = run.freeByteSize();

        assertThatThrownBy(() -> run.free(offset + GRANULE)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> run.free(offset + 3 * GRANULE)).isInstanceOf(AssertionError.class);
        assertThat(run.freeByteSize()).isEqualTo(free);
        run.checkInvariants();
    }
}
