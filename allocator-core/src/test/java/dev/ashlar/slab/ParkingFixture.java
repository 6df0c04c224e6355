package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.provider.Arguments;

/** A store of code and one of data, whose blocks a thread frees and takes again. */
abstract class ParkingFixture {
    final RecordingEraser eraser = new RecordingEraser();
    final BlockStore code = Stores.over(new FakeRegionSource(6), eraser);
    final BlockStore data = Stores.of(6);
    final Actors actors = new Actors();

    @AfterEach
    void invariantsHold() {
        actors.close();
        for (BlockStore store : List.of(code, data)) {
            store.checkInvariants();
            assertThat(store.lateLoserCount()).isZero();
        }
    }

    static long take(BlockStore store, int byteSize, Holder holder) {
        long offset = Stores.allocate(store, byteSize, 4, holder);
        assertThat(offset).isNotNegative();
        return offset;
    }

    static List<Long> take(BlockStore store, int byteSize, Holder holder, int count) {
        return IntStream.range(0, count).mapToObj(index -> take(store, byteSize, holder)).toList();
    }

    /** Takes what was parked for this size when a slot was taken. Returns how many blocks. */
    static int takeParked(BlockStore store, int byteSize, Holder holder) {
        int count = 0;
        while (store.reuse(byteSize, holder) >= 0) {
            count++;
        }
        return count;
    }

    static void free(BlockStore store, long offset, Holder holder) {
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.DONE);
    }

    /** Afterwards an earlier freed block is no longer the last one, and no streak begins. */
    static void passBy(BlockStore store) {
        free(store, take(store, 208, Holder.OBJECT), Holder.OBJECT);
        take(store, 224, Holder.OBJECT);
    }

    Stream<BlockStore> stores() {
        return Stream.of(code, data);
    }

    static Stream<Arguments> everyHolderAndSize() {
        return Stream.of(Holder.values()).flatMap(
                holder -> Stream.of(1, 16, 256, 257, 1000, 4096).map(byteSize -> Arguments.of(holder, byteSize)));
    }

    static Parking parking(BlockStore store) {
        return store.owners.own().parking;
    }

    static long parkedByteSize(BlockStore store) {
        return parking(store).byteSize();
    }

    /** Requires that each call of every thread refuses a place, at its edges and inside. */
    void requireFree(BlockStore store, long offset, long usable) {
        for (long inside : new long[] {0, 4, usable - 1}) {
            assertThat(store.startOf(offset + inside)).isEqualTo(-1);
            for (Holder holder : Holder.values()) {
                refuses(store, offset + inside, holder);
                actors.doByOther(() -> refuses(store, offset + inside, holder));
                actors.doByVirtual(() -> refuses(store, offset + inside, holder));
            }
        }
    }

    private static Void refuses(BlockStore store, long offset, Holder holder) {
        assertThat(store.find(offset, holder)).isNegative();
        assertThat(store.judge(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(store.shrink(offset, 1, holder)).isEqualTo(FreeResult.NOT_LIVE);
        return null;
    }

    static Holder other(Holder holder) {
        return holder == Holder.OBJECT ? Holder.ADDRESS : Holder.OBJECT;
    }
}
