package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.slab.RecordingEraser.Extent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that a thread frees serve its next allocations of the same size, and every lookup sees them as free. */
class ParkingTest extends ParkingFixture {
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void theBlockFreedLastServesTheNextAllocationOfItsSize(Holder holder, int byteSize) {
        take(data, byteSize, holder);
        long offset = take(data, byteSize, holder);
        for (int round = 0; round < 200; round++) {
            free(data, offset, holder);
            assertThat(data.startOf(offset)).isEqualTo(-1);
            assertThat(take(data, byteSize, holder)).as("round %d", round).isEqualTo(offset);
            assertThat(data.judge(offset, holder)).isEqualTo(FreeResult.DONE);
        }
        assertThat(data.census().liveBlockCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void freedBlocksServeAllocationsOfTheirSizeLastFirst(Holder holder, int byteSize) {
        List<Long> blocks = take(data, byteSize, holder, 20);
        List<Long> freed = new ArrayList<>();
        for (int index = 1; index < 16; index += 2) {
            free(data, blocks.get(index), holder);
            freed.add(blocks.get(index));
        }
        for (long expected : freed.reversed()) {
            assertThat(take(data, byteSize, holder)).isEqualTo(expected);
        }
        assertThat(freed).doesNotContain(take(data, byteSize, holder));
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void eachUseOfABlockMayHaveAnotherHolder(Holder holder, int byteSize) {
        Holder other = other(holder);
        take(data, byteSize, holder);
        long offset = take(data, byteSize, holder);
        free(data, offset, holder);
        passBy(data);

        assertThat(take(data, byteSize, other)).as("from the magazine").isEqualTo(offset);

        assertThat(data.judge(offset, holder)).isEqualTo(FreeResult.HELD_OTHERWISE);
        assertThat(data.free(offset, holder)).isEqualTo(FreeResult.HELD_OTHERWISE);
        assertThat(data.usableByteSize(offset)).isGreaterThanOrEqualTo(byteSize);
        free(data, offset, other);
        assertThat(take(data, byteSize, holder)).as("the one freed last, held otherwise").isEqualTo(offset);
        assertThat(data.judge(offset, other)).isEqualTo(FreeResult.HELD_OTHERWISE);
        assertThat(data.judge(offset, holder)).isEqualTo(FreeResult.DONE);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void parkedBlocksAreFreeToEveryThread(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> blocks = take(store, byteSize, holder, 10);
            long live = store.census().liveByteSize();
            long usable = store.usableByteSize(blocks.get(3));
            for (int index = 1; index < 9; index++) {
                free(store, blocks.get(index), holder);
                long freed = index * usable;
                assertThat(store.census().liveBlockCount()).isEqualTo(10 - index);
                assertThat(store.census().liveByteSize()).isEqualTo(live - freed);
                for (int earlier = 1; earlier <= index; earlier++) {
                    requireFree(store, blocks.get(earlier), usable);
                }
                store.checkInvariants();
            }
            assertThat(store.startOf(blocks.getFirst() + byteSize - 1)).isEqualTo(blocks.getFirst());
            assertThat(store.startOf(blocks.getLast())).isEqualTo(blocks.getLast());
        });
    }

    /** The owner remembers the block that it handed out last, and answers every question about that block correctly. */
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void theBlockTakenLastIsKnownOnlyByItsStartAndHolder(Holder holder, int byteSize) {
        Holder other = other(holder);
        take(data, byteSize, holder);
        long offset = take(data, byteSize, holder);
        long usable = data.usableByteSize(offset);
        free(data, offset, holder);
        assertThat(take(data, byteSize, holder)).isEqualTo(offset);

        assertThat(data.find(offset, holder)).isEqualTo(usable);
        assertThat(data.find(offset, other)).isNegative();
        assertThat(data.free(offset, other)).isEqualTo(FreeResult.HELD_OTHERWISE);
        assertThat(data.free(offset + 4, holder)).isEqualTo(FreeResult.INTERIOR);
        assertThat(actors.<Long>doByOther(() -> data.find(offset, holder))).isEqualTo(usable);
        assertThat(actors.<FreeResult>doByOther(() -> data.free(offset, holder))).isEqualTo(FreeResult.DONE);
        assertThat(data.find(offset, holder)).isNegative();
        assertThat(data.free(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
    }

    /** Blocks that the owner remembers when it hands them out: parked before, held by an object. */
    private static List<Long> takeParked(BlockStore store, int byteSize, Holder holder, int count) {
        take(store, byteSize, Holder.OBJECT, count + 1).forEach(offset -> free(store, offset, Holder.OBJECT));
        return take(store, byteSize, holder, count);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void theBlockTakenLastIsFreedOnce(Holder holder, int byteSize) {
        stores().forEach(store -> {
            long offset = takeParked(store, byteSize, holder, 1).getFirst();
            long usable = store.usableByteSize(offset);
            assertThat(store.find(offset, holder)).isEqualTo(usable);
            free(store, offset, holder);

            requireFree(store, offset, usable);
            assertThat(store.census().liveBlockCount()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void eachOfTwoTakenBlocksIsKnownByItself(Holder holder, int byteSize) {
        for (int otherByteSize : new int[] {byteSize, 500}) {
            stores().forEach(store -> {
                long other = takeParked(store, otherByteSize, holder, 1).getFirst();
                long otherUsable = store.usableByteSize(other);
                long offset = takeParked(store, byteSize, holder, 2).getLast();
                long usable = store.usableByteSize(offset);
                assertThat(store.find(other, holder)).isEqualTo(otherUsable);
                assertThat(store.find(offset, holder)).isEqualTo(usable);

                free(store, other, holder);

                requireFree(store, other, otherUsable);
                assertThat(store.judge(offset, holder)).isEqualTo(FreeResult.DONE);
                assertThat(store.find(offset, holder)).isEqualTo(usable);
                free(store, offset, holder);
                requireFree(store, offset, usable);
                store.trim();
            });
        }
    }

    @Test
    void theBlockTakenLastIsKnownByItsNewSizeAfterAShrink() {
        take(data, 4096, Holder.ADDRESS);
        long offset = take(data, 4096, Holder.ADDRESS);
        free(data, offset, Holder.ADDRESS);
        assertThat(take(data, 4096, Holder.ADDRESS)).isEqualTo(offset);
        assertThat(data.shrink(offset, 1000, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        assertThat(data.find(offset, Holder.ADDRESS)).isEqualTo(1024);
        free(data, offset, Holder.ADDRESS);

        assertThat(take(data, 4096, Holder.ADDRESS)).isNotEqualTo(offset);
        assertThat(data.census().liveByteSize()).isEqualTo(2 * 4096);
    }

    @Test
    void anAlignedAllocationTakesNoParkedBlock() {
        List<Long> blocks = take(data, 1000, Holder.ADDRESS, 3);
        free(data, blocks.get(1), Holder.ADDRESS);

        for (int log2Alignment = 5; log2Alignment <= 12; log2Alignment++) {
            long offset = Stores.allocate(data, 1000, log2Alignment, Holder.ADDRESS);
            assertThat(offset & ((1L << log2Alignment) - 1)).isZero();
            assertThat(offset).isNotEqualTo(blocks.get(1));
        }
        assertThat(take(data, 1000, Holder.ADDRESS)).isEqualTo(blocks.get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 256, 257, 1000, 4096})
    void codeHeldByAnObjectIsErasedWhenItIsFreed(int byteSize) {
        List<Long> blocks = take(code, byteSize, Holder.OBJECT, 40);
        long usable = code.usableByteSize(blocks.getFirst());
        for (long offset : blocks) {
            free(code, offset, Holder.OBJECT);
            assertThat(eraser.take()).containsExactly(new Extent(offset, usable));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 256, 257, 1000, 4096})
    void codeHeldByAddressIsErasedBeforeItsNextUse(int byteSize) {
        List<Long> blocks = take(code, byteSize, Holder.ADDRESS, 3);
        long offset = blocks.get(1);
        free(code, offset, Holder.ADDRESS);
        boolean erased = false;
        for (int round = 0; round < 10_000; round++) {
            long next = take(code, byteSize, Holder.ADDRESS);
            erased |= eraser.take().contains(new Extent(offset, code.usableByteSize(next)));
            assertThat(erased || next != offset).as("handed out and not erased, round %d", round).isTrue();
            if (next == offset) {
                return;
            }
            free(code, next, Holder.ADDRESS);
            erased |= eraser.take().stream().anyMatch(extent -> extent.offset() == offset);
        }
        assertThat(erased).as("erased in the end").isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 256, 257, 1000})
    void codeHeldByAddressIsErasedAfterTheLimitOfFurtherFrees(int byteSize) {
        List<Long> blocks = take(code, byteSize, Holder.ADDRESS, 2 * Quarantine.LENGTH + 3);
        long usable = code.usableByteSize(blocks.getFirst());
        free(code, blocks.get(1), Holder.ADDRESS);
        for (int further = 1; further < Quarantine.LENGTH; further++) {
            take(code, 128, Holder.OBJECT);
            free(code, blocks.get(1 + 2 * further), Holder.ADDRESS);
            assertThat(eraser.take()).as("erased after %d further frees", further).isEmpty();
        }
        free(code, blocks.get(1 + 2 * Quarantine.LENGTH), Holder.ADDRESS);
        assertThat(eraser.take()).containsExactly(new Extent(blocks.get(1), usable));
    }
}
