package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong free or shrink says what is wrong and changes nothing, in each kind of place. */
class WrongFreeTest {
    private static final int REGION_COUNT = 6;

    private final RecordingEraser eraser = new RecordingEraser();
    private final BlockStore store = Stores.over(new FakeRegionSource(REGION_COUNT), eraser);

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 200, 1000, 10_000, 50_000, 3 << 20})
    void aSecondFreeFindsNoLiveBlock(long byteSize) {
        long neighbour = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        refuses(offset, Holder.ADDRESS, FreeResult.NOT_LIVE);

        assertThat(store.free(neighbour, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        refuses(neighbour, Holder.ADDRESS, FreeResult.NOT_LIVE);
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 200, 1000, 10_000, 50_000, 3 << 20})
    void theInteriorOfABlockIsRecognised(long byteSize) {
        Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        long usable = store.usableByteSize(offset);

        for (long inside : new long[] {1, 4, 8, 15, usable / 2, usable - 16 | 1, usable - 1}) {
            refuses(offset + inside, Holder.ADDRESS, FreeResult.INTERIOR);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 200, 1000, 10_000, 50_000, 3 << 20})
    void aBlockIsFreedOnlyByItsHolder(long byteSize) {
        long byObject = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        long byAddress = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);

        refuses(byObject, Holder.ADDRESS, FreeResult.HELD_OTHERWISE);
        refuses(byAddress, Holder.OBJECT, FreeResult.HELD_OTHERWISE);

        assertThat(store.free(byObject, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
        assertThat(store.free(byAddress, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 208, 1000, 10_000, 50_000, 3 << 20})
    void placesThatWereNeverTakenAreNotLive(long byteSize) {
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        long end = offset + store.usableByteSize(offset);

        for (long page = (end + 4095) / 4096; page < REGION_COUNT * 512L; page++) {
            assertThat(store.judge(page * 4096, Holder.ADDRESS)).isEqualTo(FreeResult.NOT_LIVE);
        }
        refuses(end, Holder.ADDRESS, FreeResult.NOT_LIVE);
        refuses(REGION_COUNT * (2L << 20) - 1, Holder.ADDRESS, FreeResult.NOT_LIVE);
    }

    /** The last slots of a slab may end before its run does. */
    @ParameterizedTest
    @ValueSource(ints = {48, 80, 96, 112, 144, 160, 176, 192, 208, 224, 240})
    void theTailOfASlabThatHoldsNoSlotIsNotLive(int slotByteSize) {
        long pageCount = Slots.pageCountFor(SizeClasses.of(slotByteSize));
        long slotCount = pageCount * 4096 / slotByteSize;
        long first = Stores.allocate(store, slotByteSize, 4, Holder.ADDRESS);
        for (int slot = 1; slot < slotCount; slot++) {
            Stores.allocate(store, slotByteSize, 4, Holder.ADDRESS);
        }

        assertThat(store.startOf(first + slotCount * slotByteSize - 1)).isNotNegative();
        refuses(first + slotCount * slotByteSize, Holder.ADDRESS, FreeResult.NOT_LIVE);
        refuses(first + pageCount * 4096 - 1, Holder.ADDRESS, FreeResult.NOT_LIVE);
    }

    private void refuses(long offset, Holder holder, FreeResult expected) {
        StoreCounts before = StoreCounts.of(store);
        eraser.take();

        assertThat(store.judge(offset, holder)).as("judge of %d", offset).isEqualTo(expected);
        assertThat(store.free(offset, holder)).as("free of %d", offset).isEqualTo(expected);
        assertThat(store.shrink(offset, 1, holder)).as("shrink of %d", offset).isEqualTo(expected);

        assertThat(StoreCounts.of(store)).isEqualTo(before);
        assertThat(eraser.take()).isEmpty();
    }
}
