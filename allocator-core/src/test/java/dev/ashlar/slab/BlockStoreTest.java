package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Places of blocks by size and alignment, and the effects of shrinking. */
class BlockStoreTest {
    private final FakeRegionSource source = new FakeRegionSource(4);
    private final RecordingEraser eraser = new RecordingEraser();
    private final BlockStore store = Stores.over(source, eraser);

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
    }

    private long take(long byteSize) {
        return Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 4, 16", "16, 4, 16", "17, 4, 32", "256, 4, 256", "1, 8, 256", "33, 5, 64", "129, 7, 256",
        "257, 4, 320", "320, 4, 320", "1, 9, 128", "16384, 4, 16384", "16384, 11, 16384",
        "16385, 4, 20480", "1, 12, 4096", "4097, 12, 8192", "1, 21, 4096", "2097152, 21, 2097152",
        "2097153, 4, 2101248"
    })
    void aBlockHasTheSizeOfItsPlace(long byteSize, int log2Alignment, long usable) {
        take(24);
        take(300);
        take(20_000);

        long offset = Stores.allocate(store, byteSize, log2Alignment, Holder.OBJECT);

        assertThat(offset & ((1L << log2Alignment) - 1)).isZero();
        assertThat(store.usableByteSize(offset)).isEqualTo(usable);
        assertThat(store.startOf(offset + usable - 1)).isEqualTo(offset);
    }

    @Test
    void countsFollowBlocks() {
        long small = take(24);
        long middle = take(1000);
        long large = take(100_000);

        assertThat(store.census()).isEqualTo(new Census(
                32 + 1024 + 25 * 4096, 3, List.of(new Census.SlabClass(32, 1, 1, 127)), 1, 65_536 - 1024));

        assertThat(store.free(small, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        assertThat(store.free(middle, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        assertThat(store.free(large, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        assertThat(store.census()).as("one vacant slab and the packed front are kept")
                .isEqualTo(new Census(0, 0, List.of(new Census.SlabClass(32, 1, 0, 128)), 1, 65_536));
        assertThat(store.runs().freePageCount()).as("the large block is kept too").isEqualTo(512 - 1 - 16 - 25);
        assertThat(store.trim()).isEqualTo(1);
        assertThat(store.census()).isEqualTo(new Census(0, 0, List.of(), 0, 0));
        assertThat(source.committedRegionCount()).isZero();
    }

    @Test
    void oneVacantSlabOfAClassAndTheVacantFrontAreKept() {
        long[] slots = new long[4 * 256];
        Arrays.setAll(slots, index -> take(16));
        long[] packed = new long[4 * 64];
        Arrays.setAll(packed, index -> take(1024));
        assertThat(store.census().packedRunCount()).isEqualTo(4);

        for (long slot : slots) {
            store.free(slot, Holder.ADDRESS);
        }
        for (long block : packed) {
            store.free(block, Holder.ADDRESS);
        }

        assertThat(store.census())
                .isEqualTo(new Census(0, 0, List.of(new Census.SlabClass(16, 1, 0, 256)), 1, 65_536));
        assertThat(store.runs().freePageCount()).isEqualTo(512 - 1 - 16);
    }

    @Test
    void packedBlocksRotateThroughTheFrontWhileHolesAreFew() {
        long first = take(1000);
        long offset = first;
        for (int count = 1; count < 64; count++) {
            assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            offset = take(1000);
            assertThat(offset).as("allocation %d after the first", count).isEqualTo(first + count * 1024L);
        }
        assertThat(store.census().packedRunCount()).isEqualTo(1);
        for (int count = 0; count < 1000; count++) {
            assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            offset = take(1000);
        }
        assertThat(store.census().packedRunCount()).as("places are used again").isLessThanOrEqualTo(3);
    }

    @Test
    void aSlabIsOpenedOnlyIfNoOtherHasAFreeSlot() {
        long[] offsets = new long[3 * 256];
        for (int index = 0; index < offsets.length; index++) {
            offsets[index] = take(16);
        }
        assertThat(store.census().classes()).containsExactly(new Census.SlabClass(16, 3, 768, 0));
        for (int index = 0; index < offsets.length; index += 2) {
            store.free(offsets[index], Holder.ADDRESS);
        }
        for (int index = 0; index < offsets.length; index += 2) {
            take(16);
        }
        assertThat(store.census().classes()).containsExactly(new Census.SlabClass(16, 3, 768, 0));
    }

    @Test
    void runsThatEndAndBeginNeedNoMoreBookkeeping() {
        long first = take(16);
        long packed = take(1000);
        long metadata = store.metadataByteSize();
        for (int round = 0; round < 50; round++) {
            store.free(first, Holder.ADDRESS);
            store.free(packed, Holder.ADDRESS);
            if (round % 2 == 0) {
                store.trim();
            }
            first = take(16);
            packed = take(1000);
        }
        assertThat(store.metadataByteSize()).isEqualTo(metadata);
    }

    @Test
    void aMiddleBlockTakesARunOfItsOwnIfNoPackedRunFits() {
        for (int region = 0; region < 4; region++) {
            take(2 << 20);
        }
        long nearlyWhole = 0;
        assertThat(store.shrink(nearlyWhole, (2 << 20) - 8192, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        long offset = take(5000);

        assertThat(offset).isEqualTo((2 << 20) - 8192);
        assertThat(store.usableByteSize(offset)).isEqualTo(8192);
        assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
    }

    @Test
    void exhaustionChangesNothingAndEndsWithTheFirstFree() {
        long first = take(2 << 20);
        while (take(2 << 20) >= 0) {
            assertThat(store.census().liveBlockCount()).isLessThanOrEqualTo(4);
        }
        StoreCounts full = StoreCounts.of(store);
        for (long byteSize : new long[] {1, 256, 257, 16_384, 16_385, 2 << 20, 8 << 20}) {
            assertThat(take(byteSize)).isEqualTo(-1);
        }
        assertThat(StoreCounts.of(store)).isEqualTo(full);

        store.free(first, Holder.ADDRESS);
        assertThat(take(16)).isNotNegative();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 256, 257, 16_384, 16_385, 2 << 20, 6 << 20})
    void aRefusedCommitChangesNothing(long byteSize) {
        StoreCounts empty = StoreCounts.of(store);
        int commits = (int) Math.max(1, byteSize >> 21);
        // More than one attempt: without a slab or packed run, the store gives vacant ones back and tries again, then
        // takes a run.
        for (int nth = commits; nth < commits + 9; nth++) {
            source.refuseCommit(nth);
        }

        assertThat(take(byteSize)).isEqualTo(-1);
        assertThat(StoreCounts.of(store)).isEqualTo(empty);

        source.heal();
        assertThat(take(byteSize)).isZero();
    }

    @Test
    void shrinkingARunGivesBackWholePagesAndErasesToTheByte() {
        long offset = take(10 * 4096);

        assertThat(store.shrink(offset, 4097, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        assertThat(eraser.take()).containsExactly(new RecordingEraser.Extent(offset + 4097, 10 * 4096 - 4097));
        assertThat(store.usableByteSize(offset)).isEqualTo(8192);
        assertThat(store.census().liveByteSize()).isEqualTo(8192);
        assertThat(store.runs().freePageCount()).isEqualTo(510);
        assertThat(store.startOf(offset + 8191)).isEqualTo(offset);
        assertThat(store.startOf(offset + 8192)).isEqualTo(-1);
    }

    @Test
    void shrinkingALongRunGivesRegionsBack() {
        long offset = take(5 << 20);

        assertThat(store.shrink(offset, 1, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        assertThat(store.usableByteSize(offset)).isEqualTo(4096);
        assertThat(source.committedRegionCount()).isEqualTo(2);
        assertThat(store.startOf(offset + (3 << 20))).isEqualTo(-1);
    }

    @Test
    void shrinkingASlotErasesItsEndAndKeepsItsSize() {
        long offset = take(200);

        assertThat(store.shrink(offset, 7, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        assertThat(eraser.take()).containsExactly(new RecordingEraser.Extent(offset + 7, 208 - 7));
        assertThat(store.usableByteSize(offset)).isEqualTo(208);
    }

    @Test
    void shrinkingToTheFullSizeErasesNothing() {
        for (long byteSize : new long[] {208, 1024, 8192, 20_480}) {
            long offset = take(byteSize);
            assertThat(store.shrink(offset, byteSize, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            assertThat(store.usableByteSize(offset)).isEqualTo(byteSize);
        }
        assertThat(eraser.take()).isEmpty();
    }
}
