package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.buddy.Planted;
import dev.ashlar.slab.RecordingEraser.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a thread frees serves its next allocations of the same size, and is free to everybody who looks. */
class ParkingTest {
    private final FakeRegionSource source = new FakeRegionSource(6);
    private final RecordingEraser eraser = new RecordingEraser();
    private final BlockStore code = Stores.over(source, eraser);
    private final BlockStore data = Stores.of(6);
    private final Actors actors = new Actors();

    @AfterEach
    void booksAreInOrder() {
        actors.close();
        for (BlockStore store : List.of(code, data)) {
            store.checkInvariants();
            assertThat(store.lateLoserCount()).isZero();
        }
    }

    private static long take(BlockStore store, int byteSize, Holder holder) {
        long offset = store.allocate(byteSize, 4, holder);
        assertThat(offset).isNotNegative();
        return offset;
    }

    private static List<Long> take(BlockStore store, int byteSize, Holder holder, int count) {
        return IntStream.range(0, count).mapToObj(index -> take(store, byteSize, holder)).toList();
    }

    private static void free(BlockStore store, long offset, Holder holder) {
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.DONE);
    }

    private static CutRun runAt(BlockStore store, long offset) {
        CutRun run = Planted.in(store, "space", RunSpace.class).cutRunAt(offset);
        assertThat(run).as("cut run at %d", offset).isNotNull();
        return run;
    }

    /** So that what was freed before is not the last block any more, and no streak begins. */
    private static void passBy(BlockStore store) {
        free(store, take(store, 208, Holder.OBJECT), Holder.OBJECT);
        take(store, 224, Holder.OBJECT);
    }

    private Stream<BlockStore> stores() {
        return Stream.of(code, data);
    }

    static Stream<Arguments> everyHolderAndSize() {
        return Stream.of(Holder.values()).flatMap(
                holder -> Stream.of(1, 16, 256, 257, 1000, 4096).map(byteSize -> Arguments.of(holder, byteSize)));
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void theBlockFreedLastServesTheNextAllocationOfItsSize(Holder holder, int byteSize) {
        take(data, byteSize, holder);
        long offset = take(data, byteSize, holder);
        CutRun run = runAt(data, offset);
        for (int round = 0; round < 200; round++) {
            free(data, offset, holder);
            assertThat(data.startOf(offset)).isEqualTo(-1);
            assertThat(take(data, byteSize, holder)).as("round %d", round).isEqualTo(offset);
            assertThat(data.judge(offset, holder)).isEqualTo(FreeResult.DONE);
        }
        assertThat(runAt(data, offset)).isSameAs(run);
        assertThat(data.census().liveBlockCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void blocksFreedBeforeServeAllocationsOfTheirSizeLastFirst(Holder holder, int byteSize) {
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
    void aHolderMayChangeFromLifeToLife(Holder holder, int byteSize) {
        Holder other = holder == Holder.OBJECT ? Holder.ADDRESS : Holder.OBJECT;
        take(data, byteSize, holder);
        long offset = take(data, byteSize, holder);
        free(data, offset, holder);
        passBy(data);

        assertThat(take(data, byteSize, other)).as("from the magazine").isEqualTo(offset);

        assertThat(data.judge(offset, holder)).isEqualTo(FreeResult.HELD_OTHERWISE);
        assertThat(data.free(offset, holder)).isEqualTo(FreeResult.HELD_OTHERWISE);
        assertThat(data.usableByteSize(offset)).isGreaterThanOrEqualTo(byteSize);
        free(data, offset, other);
        assertThat(take(data, byteSize, holder)).as("the last one is held otherwise").isNotEqualTo(offset);
        assertThat(take(data, byteSize, holder)).as("parked by now").isNotEqualTo(offset);
        assertThat(take(data, byteSize, other)).isEqualTo(offset);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void whatIsParkedIsFreeToWhoeverAsks(Holder holder, int byteSize) {
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

    private void requireFree(BlockStore store, long offset, long usable) {
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

    /** The owner remembers the block that it handed out last: what it is asked about that one, it says right. */
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void theBlockHandedOutLastIsKnownByItsStartAndHolderAlone(Holder holder, int byteSize) {
        Holder other = holder == Holder.OBJECT ? Holder.ADDRESS : Holder.OBJECT;
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

    @Test
    void theBlockHandedOutLastIsKnownByItsSizeAfterAShrink() {
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
            long offset = data.allocate(1000, log2Alignment, Holder.ADDRESS);
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
    void codeHeldByAddressIsErasedBeforeItIsHandedOutAgain(int byteSize) {
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
    void codeHeldByAddressIsErasedAtTheLatestWhenSoManyMoreWereFreed(int byteSize) {
        List<Long> blocks = take(code, byteSize, Holder.ADDRESS, 2 * Quarantine.LENGTH + 3);
        long usable = code.usableByteSize(blocks.getFirst());
        free(code, blocks.get(1), Holder.ADDRESS);
        for (int further = 1; further < Quarantine.LENGTH; further++) {
            take(code, 128, Holder.OBJECT);
            free(code, blocks.get(1 + 2 * further), Holder.ADDRESS);
            assertThat(eraser.take()).as("erased after %d more", further).isEmpty();
        }
        free(code, blocks.get(1 + 2 * Quarantine.LENGTH), Holder.ADDRESS);
        assertThat(eraser.take()).containsExactly(new Extent(blocks.get(1), usable));
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void trimGivesBackWhatIsParked(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> blocks = take(store, byteSize, holder, 20);
            blocks.forEach(offset -> free(store, offset, holder));
            assertThat(store.runs().committedRegionCount()).isEqualTo(1);

            assertThat(store.trim()).isEqualTo(1);

            assertThat(store.census()).isEqualTo(new Census(0, 0, List.of(), 0, 0));
            assertThat(store.runs().committedRegionCount()).isZero();
        });
        assertThat(eraser.take()).as("each once").hasSize(20).doesNotHaveDuplicates();
    }

    /** What is parked keeps runs; so many frees in a row mean that the caller wants them gone, and needs no trim. */
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void manyFreesInARowGiveBackAllButOneRunWithoutATrim(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> few = take(store, 500, holder, 6);
            List<Long> blocks = take(store, byteSize, holder, 3000);
            few.forEach(offset -> free(store, offset, holder));
            blocks.forEach(offset -> free(store, offset, holder));

            Census census = store.census();
            assertThat(census.liveBlockCount()).isZero();
            assertThat(census.classes()).allMatch(row -> row.slabCount() == 1);
            assertThat(census.packedRunCount()).isEqualTo(1);
            // The one with the run, and an empty one at most.
            assertThat(store.runs().committedRegionCount()).isLessThanOrEqualTo(2);
            assertThat(parkedByteSize(store)).isZero();
        });
        assertThat(eraser.take()).hasSize(3006).doesNotHaveDuplicates();
    }

    private static long parkedByteSize(BlockStore store) {
        Owners owners = Planted.in(store, "owners", Owners.class);
        return Planted.in(owners.own(), "parking", Parking.class).byteSize();
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void anAllocationEndsARowOfFrees(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> blocks = take(store, byteSize, holder, 140);
            for (int index = 0; index < 140; index += 2) {
                free(store, blocks.get(index), holder);
                if (index == 100) {
                    take(store, 48, Holder.OBJECT);
                }
            }
            assertThat(parkedByteSize(store)).isPositive();
        });
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void whatIsParkedServesAnyOtherSizeBeforeTheHeapIsExhausted(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> blocks = take(store, byteSize, holder, 12);
            int pages = 0;
            while (store.allocate(4096, 12, Holder.OBJECT) >= 0) {
                pages++;
            }
            blocks.forEach(offset -> free(store, offset, holder));

            assertThat(store.allocate(4096, 12, Holder.OBJECT)).as("after %d pages", pages).isNotNegative();
            assertThat(store.census().liveBlockCount()).isEqualTo(pages + 1);
        });
        assertThat(eraser.take()).as("each once").hasSize(12).doesNotHaveDuplicates();
    }

    /** Many runs, so that packing counts. */
    @Test
    void aPackedBlockBesideAHoleMakesALargerHoleInsteadOfBeingParked() {
        List<Long> blocks = take(data, 1024, Holder.ADDRESS, 64 * 20);
        int base = 64 * 3;
        CutRun run = runAt(data, blocks.get(base + 10));
        assertThat(runAt(data, blocks.get(base + 13))).isSameAs(run);
        freeUnparked(blocks.get(base + 10));
        int free = run.freeByteSize();

        free(data, blocks.get(base + 11), Holder.ADDRESS);
        free(data, blocks.get(base + 13), Holder.ADDRESS);
        passBy(data);

        PackedRun packed = (PackedRun) run;
        assertThat(run.freeByteSize()).isEqualTo(free + 2048);
        assertThat(packed.longestFree()).as("two blocks make one hole").isEqualTo(32);
        assertThat(packed.freeCount()).as("the third is parked whole").isEqualTo(32);
        assertThat(take(data, 1024, Holder.ADDRESS)).isEqualTo(blocks.get(base + 13));
    }

    private void freeUnparked(long offset) {
        free(data, offset, Holder.ADDRESS);
        Planted.in(runAt(data, offset + 1024).owner, "parking", Parking.class).releaseAll();
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void parkedBlocksOfAnEndedThreadAreFound(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> blocks = actors.doByOther(() -> {
                List<Long> taken = take(store, byteSize, holder, 12);
                taken.forEach(offset -> free(store, offset, holder));
                return taken;
            });
            Owners owners = Planted.in(store, "owners", Owners.class);
            assertThat(owners.count()).isEqualTo(2);
            actors.replaceOther();

            List<Long> again = take(store, byteSize, holder, 12);

            assertThat(runAt(store, again.getFirst())).isSameAs(runAt(store, again.getLast()));
            assertThat(runAt(store, again.getFirst()).owner).isSameAs(owners.own());
            assertThat(Planted.in(store, "space", RunSpace.class).cutRuns.count()).isEqualTo(1);
            assertThat(blocks).allMatch(offset -> again.contains(offset) || store.startOf(offset) == -1);
        });
        assertThat(eraser.take()).as("each once").hasSize(12).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void blocksParkedInCommonRunsServeThoseWhoShareThem(Holder holder, int byteSize) {
        actors.doByVirtual(() -> {
            take(data, byteSize, holder);
            long offset = take(data, byteSize, holder);
            for (int round = 0; round < 200; round++) {
                free(data, offset, holder);
                assertThat(actors.<Long>doByVirtual(() -> take(data, byteSize, holder))).isEqualTo(offset);
            }
            return offset;
        });
    }

    /** Numbers that a magazine cannot name are given only after two million runs; one is planted. */
    @ParameterizedTest
    @ValueSource(ints = {16, 1000})
    void blocksOfARunThatCannotBeNamedAreNotParked(int byteSize) {
        for (Holder holder : Holder.values()) {
            stores().forEach(store -> {
                List<Long> blocks = take(store, byteSize, holder, 3);
                CutRun run = runAt(store, blocks.get(1));
                Planted.set(run, "firstRound", -1);
                int free = run.freeByteSize();

                free(store, blocks.get(1), holder);

                assertThat(store.startOf(blocks.get(1))).isEqualTo(-1);
                assertThat(run.freeByteSize()).isEqualTo(free + (int) store.usableByteSize(blocks.get(2)));
                assertThat(parkedByteSize(store)).isZero();
                assertThat(store.free(blocks.get(1), holder)).isEqualTo(FreeResult.NOT_LIVE);
                Planted.set(run, "firstRound", Magazines.firstRound(run.number));
                store.trim();
            });
        }
        assertThat(eraser.take()).hasSize(2);
    }
}
