package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The owner remembers the block that it handed out last. Here that block was newly placed in a run, not parked. */
class ParkingPlacedAnewTest extends ParkingFixture {
    /** {@return the last of two blocks, neither of which was ever parked} */
    private static long takeAnew(BlockStore store, int byteSize, Holder holder) {
        assertThat(parkedByteSize(store)).isZero();
        take(store, byteSize, holder);
        long offset = take(store, byteSize, holder);
        assertThat(parking(store).lastByteSize(offset, holder)).as("remembered")
                .isEqualTo(store.usableByteSize(offset));
        return offset;
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void aSecondFreeIsRefused(Holder holder, int byteSize) {
        stores().forEach(store -> {
            long offset = takeAnew(store, byteSize, holder);
            long usable = store.usableByteSize(offset);
            assertThat(store.find(offset, holder)).isEqualTo(usable);

            free(store, offset, holder);

            requireFree(store, offset, usable);
            assertThat(store.census().liveBlockCount()).isEqualTo(1);
            assertThat(store.census().liveByteSize()).isEqualTo(usable);
        });
        eraser.take();
        boolean waits = holder == Holder.ADDRESS && byteSize <= 1024;
        stores().forEach(BlockStore::trim);
        assertThat(eraser.take().size()).as("erased once, if that waited").isEqualTo(waits ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void aFreeOfTheInteriorOrByTheWrongHolderIsRefusedAndChangesNothing(Holder holder, int byteSize) {
        stores().forEach(store -> {
            long offset = takeAnew(store, byteSize, holder);
            long usable = store.usableByteSize(offset);
            StoreCounts before = StoreCounts.of(store);
            eraser.take();

            for (long inside : new long[] {1, 4, usable / 2, usable - 1}) {
                assertThat(store.find(offset + inside, holder)).isNegative();
                assertThat(store.free(offset + inside, holder)).isEqualTo(FreeResult.INTERIOR);
                assertThat(store.free(offset + inside, other(holder))).isEqualTo(FreeResult.INTERIOR);
            }
            assertThat(store.find(offset, other(holder))).isNegative();
            assertThat(store.free(offset, other(holder))).isEqualTo(FreeResult.HELD_OTHERWISE);

            assertThat(StoreCounts.of(store)).isEqualTo(before);
            assertThat(eraser.take()).isEmpty();
            assertThat(store.find(offset, holder)).isEqualTo(usable);
            free(store, offset, holder);
            requireFree(store, offset, usable);
        });
    }

    static Stream<Arguments> everyHolderAndSizeByOtherAndVirtual() {
        return everyHolderAndSize().flatMap(row -> Stream.of(true, false)
                .map(isVirtual -> Arguments.of(row.get()[0], row.get()[1], isVirtual)));
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSizeByOtherAndVirtual")
    void anOwnersFreeAfterThatOfAnotherThreadIsASecondFree(Holder holder, int byteSize, boolean isVirtual) {
        stores().forEach(store -> {
            long offset = takeAnew(store, byteSize, holder);
            long usable = store.usableByteSize(offset);
            FreeResult first = isVirtual
                    ? actors.doByVirtual(() -> store.free(offset, holder))
                    : actors.doByOther(() -> store.free(offset, holder));
            assertThat(first).isEqualTo(FreeResult.DONE);

            requireFree(store, offset, usable);
            assertThat(eraser.take()).as("before the owner looks").isEmpty();
            int otherCount = takeParked(store, byteSize, holder);
            requireFree(store, offset, usable);
            store.owners.own().drain();

            requireFree(store, offset, usable);
            assertThat(store.census().liveBlockCount()).isEqualTo(1 + otherCount);
            assertThat(eraser.take()).hasSize(store == code ? 1 : 0);
        });
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void eachOfTwoNewlyPlacedBlocksIsKnownByItself(Holder holder, int byteSize) {
        for (int otherByteSize : new int[] {byteSize, 500}) {
            stores().forEach(store -> {
                long earlier = takeAnew(store, otherByteSize, holder);
                long earlierUsable = store.usableByteSize(earlier);
                long offset = take(store, byteSize, holder);
                long usable = store.usableByteSize(offset);
                assertThat(store.find(earlier, holder)).isEqualTo(earlierUsable);

                free(store, earlier, holder);

                requireFree(store, earlier, earlierUsable);
                assertThat(store.find(offset, holder)).isEqualTo(usable);
                assertThat(store.judge(offset, holder)).isEqualTo(FreeResult.DONE);
                free(store, offset, holder);
                requireFree(store, offset, usable);
                store.trim();
            });
        }
    }

    /** The block freed last is parked when the next block is placed. It is not lost and not handed out twice. */
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void placingABlockParksTheBlockFreedLast(Holder holder, int byteSize) {
        long offset = takeAnew(data, byteSize, holder);
        long usable = data.usableByteSize(offset);
        long parked = parkedByteSize(data);
        free(data, offset, holder);
        assertThat(parkedByteSize(data)).as("the block freed last is not parked yet").isEqualTo(parked);

        long next = take(data, 700, holder);

        assertThat(parkedByteSize(data)).isEqualTo(parked + usable);
        requireFree(data, offset, usable);
        assertThat(data.find(next, holder)).isEqualTo(704);
        assertThat(take(data, byteSize, holder)).isEqualTo(offset);
        assertThat(parkedByteSize(data)).isEqualTo(parked);
    }

    @Test
    void aShrunkBlockIsKnownByItsNewSize() {
        stores().forEach(store -> {
            long offset = takeAnew(store, 4096, Holder.ADDRESS);
            assertThat(store.shrink(offset, 1000, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            assertThat(parking(store).lastByteSize(offset, Holder.ADDRESS)).as("forgotten").isNegative();

            assertThat(store.find(offset, Holder.ADDRESS)).isEqualTo(1024);
            free(store, offset, Holder.ADDRESS);

            requireFree(store, offset, 1024);
            assertThat(take(store, 4096, Holder.ADDRESS)).isNotEqualTo(offset);
            assertThat(store.census().liveByteSize()).isEqualTo(2 * 4096);
        });
    }

    /** The block has the size of its place, not the requested size. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7, 8})
    void anAlignedBlockServesAllocationsOfTheSizeOfItsPlace(int log2Alignment) {
        take(data, 1, Holder.ADDRESS);
        long offset = Stores.allocate(data, 1, log2Alignment, Holder.ADDRESS);
        assertThat(data.find(offset, Holder.ADDRESS)).isEqualTo(1 << log2Alignment);
        free(data, offset, Holder.ADDRESS);

        assertThat(take(data, 1, Holder.ADDRESS)).isNotEqualTo(offset);
        assertThat(take(data, 1 << log2Alignment, Holder.ADDRESS)).isEqualTo(offset);
    }

    /** If pages run out, a small block is packed, in a place whose size is no slot size. */
    @Test
    void aBlockThatIsPackedForLackOfASlabIsNotRemembered() {
        List<Long> packed = take(data, 1000, Holder.ADDRESS, 2);
        while (Stores.allocate(data, 4096, 12, Holder.OBJECT) >= 0) {
            // Takes all pages.
        }
        long offset = take(data, 200, Holder.ADDRESS);
        assertThat(Run.at(data, offset).covers(packed.getFirst())).isTrue();
        assertThat(parking(data).lastByteSize(offset, Holder.ADDRESS)).isNegative();
        assertThat(data.find(offset, Holder.ADDRESS)).isEqualTo(256);

        free(data, offset, Holder.ADDRESS);

        requireFree(data, offset, 256);
        assertThat(data.reuse(200, Holder.ADDRESS)).isEqualTo(-1);
        assertThat(data.reuse(256, Holder.ADDRESS)).isEqualTo(-1);
    }
}
