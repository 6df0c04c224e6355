package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast reuse of a block that the thread freed before: it finds a block or changes nothing. */
class ParkingReuseTest extends ParkingFixture {
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void blocksThatTheThreadFreedAreUsedAgainLastFirst(Holder holder, int byteSize) {
        List<Long> blocks = take(data, byteSize, holder, 7);
        int otherCount = takeParked(data, byteSize, holder);
        for (int index = 1; index < 6; index++) {
            free(data, blocks.get(index), holder);
        }
        for (int index = 5; index >= 1; index--) {
            long offset = data.reuse(byteSize, holder);
            assertThat(offset).isEqualTo(blocks.get(index));
            assertThat(data.judge(offset, holder)).isEqualTo(FreeResult.DONE);
            assertThat(data.find(offset, holder)).isEqualTo(data.usableByteSize(offset));
        }
        assertThat(data.reuse(byteSize, holder)).isEqualTo(-1);
        assertThat(data.census().liveBlockCount()).isEqualTo(7 + otherCount);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void aReuseWithoutAParkedBlockChangesNothing(Holder holder, int byteSize) {
        stores().forEach(store -> {
            long offset = take(store, byteSize, holder);
            takeParked(store, byteSize, holder);
            StoreCounts before = StoreCounts.of(store);
            assertThat(store.reuse(byteSize, holder)).isEqualTo(-1);
            assertThat(StoreCounts.of(store)).isEqualTo(before);
            assertThat(store.find(offset, holder)).isEqualTo(store.usableByteSize(offset));
        });
    }

    /** Code held by address waits to be erased before its next use. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16, 256, 257, 1000, 1024})
    void codeThatWaitsToBeErasedIsNotReused(int byteSize) {
        long offset = take(code, byteSize, Holder.ADDRESS);
        takeParked(code, byteSize, Holder.ADDRESS);
        free(code, offset, Holder.ADDRESS);
        assertThat(code.reuse(byteSize, Holder.ADDRESS)).isEqualTo(-1);
        assertThat(code.reuse(byteSize, Holder.OBJECT)).isEqualTo(-1);
    }

    @Test
    void sizesThatAreNeverParkedAreNotReused() {
        for (long byteSize : new long[] {Magazines.LARGEST_BYTE_SIZE + 1, 50_000, 3 << 20, (1L << 32) + 16}) {
            long small = take(data, 16, Holder.ADDRESS);
            free(data, small, Holder.ADDRESS);
            assertThat(data.reuse(byteSize, Holder.ADDRESS)).as("%d bytes", byteSize).isEqualTo(-1);
            assertThat(data.reuse(16, Holder.ADDRESS)).isEqualTo(small);
            free(data, small, Holder.ADDRESS);
        }
    }

    /** A thread reuses only its own blocks; a thread without an owner reuses none. */
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void blocksThatAnotherThreadFreedAreNotReused(Holder holder, int byteSize) {
        List<Long> blocks = take(data, byteSize, holder, 4);
        free(data, blocks.get(1), holder);
        free(data, blocks.get(2), holder);

        assertThat(actors.<Long>doByOther(() -> data.reuse(byteSize, holder))).isEqualTo(-1);
        assertThat(actors.<Long>doByVirtual(() -> data.reuse(byteSize, holder))).isEqualTo(-1);
        actors.doByOther(() -> take(data, 32, holder));
        assertThat(actors.<Long>doByOther(() -> data.reuse(byteSize, holder))).as("with an owner").isEqualTo(-1);

        assertThat(data.reuse(byteSize, holder)).isEqualTo(blocks.get(2));
        assertThat(data.reuse(byteSize, holder)).isEqualTo(blocks.get(1));
    }
}
