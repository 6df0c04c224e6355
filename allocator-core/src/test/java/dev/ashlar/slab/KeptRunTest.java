package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import dev.ashlar.slab.RecordingEraser.Extent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The block of whole pages that a thread freed last is kept for its next allocation of that size. */
class KeptRunTest extends ParkingFixture {
    private static final int PAGE = 4096;

    static List<Integer> keptSizes() {
        return List.of(16 * 1024 + 1, 32 * 1024, 100_000, 1 << 20);
    }

    private static long keptByteSize(BlockStore store) {
        return parking(store).run.byteSize();
    }

    @ParameterizedTest
    @MethodSource("keptSizes")
    void itServesTheNextAllocationOfItsPagesForEitherHolder(int byteSize) {
        stores().forEach(store -> {
            long offset = take(store, byteSize, Holder.ADDRESS);
            long usable = store.usableByteSize(offset);
            for (Holder next : List.of(Holder.OBJECT, Holder.ADDRESS, Holder.ADDRESS)) {
                Holder holder = store.judge(offset, Holder.OBJECT) == FreeResult.DONE ? Holder.OBJECT : Holder.ADDRESS;
                free(store, offset, holder);
                assertThat(take(store, byteSize, next)).isEqualTo(offset);
                assertThat(store.find(offset, next)).isEqualTo(usable);
                assertThat(store.judge(offset, other(next))).isEqualTo(FreeResult.HELD_OTHERWISE);
                assertThat(store.census().liveBlockCount()).isEqualTo(1);
                assertThat(store.census().liveByteSize()).isEqualTo(usable);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("keptSizes")
    void itIsNotLiveAndCountsAsFreeAndNoThreadFreesItTwice(int byteSize) {
        stores().forEach(store -> {
            long offset = take(store, byteSize, Holder.OBJECT);
            long usable = store.usableByteSize(offset);
            free(store, offset, Holder.OBJECT);

            assertThat(keptByteSize(store)).isEqualTo(usable);
            requireFree(store, offset, usable);
            assertThat(store.usableByteSize(offset)).isZero();
            assertThat(store.census()).isEqualTo(new Census(0, 0, List.of(), 0, 0));
            store.checkInvariants();
        });
    }

    @ParameterizedTest
    @MethodSource("keptSizes")
    void codeIsErasedOnceAndAtOnce(int byteSize) {
        for (Holder holder : Holder.values()) {
            long offset = take(code, byteSize, holder);
            long usable = code.usableByteSize(offset);
            eraser.whileErasing((from, size) -> assertThat(code.startOf(from)).isEqualTo(-1));
            free(code, offset, holder);
            assertThat(eraser.take()).containsExactly(new Extent(offset, usable));
            assertThat(take(code, byteSize, holder)).isEqualTo(offset);
            assertThat(eraser.take()).isEmpty();
            free(code, offset, holder);
            eraser.take();
            code.trim();
            assertThat(eraser.take()).as("erased by the trim").isEmpty();
        }
    }

    @Test
    void theNextBlockFreedTakesItsPlace() {
        long first = take(data, 5 * PAGE, Holder.ADDRESS);
        long second = take(data, 7 * PAGE, Holder.ADDRESS);
        int freePages = (int) data.runs().freePageCount();
        free(data, first, Holder.ADDRESS);
        assertThat(data.runs().freePageCount()).isEqualTo(freePages);
        free(data, second, Holder.ADDRESS);
        assertThat(data.runs().freePageCount()).as("the first is given back").isEqualTo(freePages + 5);
        assertThat(data.reuse(5 * PAGE, Holder.ADDRESS)).as("another size").isEqualTo(-1);
        assertThat(data.reuse(7 * PAGE, Holder.ADDRESS)).isEqualTo(second);
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) + 1, 2 << 20})
    void aLargerOneIsGivenBack(int byteSize) {
        long offset = take(data, byteSize, Holder.ADDRESS);
        free(data, offset, Holder.ADDRESS);
        assertThat(keptByteSize(data)).isZero();
        assertThat(data.reuse(byteSize, Holder.ADDRESS)).isEqualTo(-1);
        assertThat(data.runs().emptyRegionCount()).isEqualTo(data.runs().committedRegionCount());
    }

    @Test
    void aTrimGivesItBack() {
        stores().forEach(store -> {
            free(store, take(store, 1 << 20, Holder.ADDRESS), Holder.ADDRESS);
            assertThat(store.trim()).isEqualTo(1);
            assertThat(keptByteSize(store)).isZero();
            assertThat(store.runs().committedRegionCount()).isZero();
        });
    }

    /** Slots, packed blocks and blocks of whole pages. */
    @ParameterizedTest
    @ValueSource(ints = {16, 1000, 300 * PAGE, 2 << 20})
    void itIsGivenBackBeforeARegionIsCommitted(int byteSize) {
        stores().forEach(store -> {
            long half = take(store, 1 << 20, Holder.OBJECT);
            long filler = take(store, 2 << 20, Holder.OBJECT);
            assertThat(store.shrink(filler, 1 << 20, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
            long rest = take(store, 1 << 20, Holder.OBJECT);
            take(store, 1 << 20, Holder.OBJECT);
            int regions = store.runs().committedRegionCount();
            assertThat(store.runs().freePageCount()).isZero();
            free(store, half, Holder.OBJECT);
            assertThat(keptByteSize(store)).isEqualTo(1 << 20);

            take(store, byteSize, Holder.OBJECT);

            assertThat(keptByteSize(store)).isZero();
            assertThat(store.runs().committedRegionCount()).isEqualTo(byteSize <= 1 << 20 ? regions : regions + 1);
            free(store, rest, Holder.OBJECT);
        });
    }

    /** It would serve a hot allocation, in a region of cold blocks. */
    @Test
    void aColdBlockIsNotKept() {
        long cold = Stores.allocate(data, 5 * PAGE, 4, Temperature.COLD, Holder.ADDRESS);
        assertThat(data.shrink(cold, 4 * PAGE, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        free(data, cold, Holder.ADDRESS);
        assertThat(keptByteSize(data)).isZero();
        assertThat(data.reuse(4 * PAGE, Holder.ADDRESS)).isEqualTo(-1);
    }

    /** Many frees in a row mean that the caller wants the pages given back. */
    @Test
    void manyFreesInARowKeepNone() {
        List<Long> blocks = take(data, 5 * PAGE, Holder.ADDRESS, 100);
        blocks.forEach(offset -> free(data, offset, Holder.ADDRESS));
        assertThat(keptByteSize(data)).isZero();
        assertThat(data.runs().emptyRegionCount()).isEqualTo(data.runs().committedRegionCount());
    }

    @Test
    void anEndedThreadLeavesNone() {
        stores().forEach(store -> {
            long offset = actors.doByOther(() -> {
                free(store, take(store, 100, Holder.ADDRESS), Holder.ADDRESS);
                long taken = take(store, 1 << 20, Holder.ADDRESS);
                free(store, taken, Holder.ADDRESS);
                return taken;
            });
            assertThat(store.startOf(offset)).isEqualTo(-1);
            actors.replaceOther();
            store.trim();
            assertThat(store.runs().committedRegionCount()).isZero();
        });
    }

    /** A block that another thread has allocated is kept by the thread that frees it. */
    @Test
    void whoFreesTheBlockOfAnotherThreadKeepsIt() {
        long offset = actors.doByOther(() -> take(data, 100_000, Holder.ADDRESS));
        take(data, 16, Holder.ADDRESS);
        free(data, offset, Holder.ADDRESS);
        requireFree(data, offset, 100_000);
        assertThat(take(data, 100_000, Holder.ADDRESS)).isEqualTo(offset);
    }

    @Test
    void aBlockOfAGibibyteWritesOneWord() {
        BlockStore large = Stores.of(600);
        take(large, 5 * PAGE, Holder.ADDRESS);
        long before = large.space.large.metadataByteSize();
        long offset = Stores.allocate(large, 1 << 30, 12, Holder.OBJECT);
        assertThat(large.space.large.metadataByteSize() - before).isBetween(2048L, 2080L);
        assertThat(large.space.lines.nextRun(0)).as("no lines").isEqualTo(-1);
        assertThat(large.startOf(offset + (1 << 30) - 1)).isEqualTo(offset);
        assertThat(large.free(offset, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
    }
}
