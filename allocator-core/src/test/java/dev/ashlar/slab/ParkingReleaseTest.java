package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parked blocks are released by a trim, by many frees in a row, and for other sizes and other threads. */
class ParkingReleaseTest extends ParkingFixture {
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void trimReleasesParkedBlocks(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> blocks = take(store, byteSize, holder, 20);
            blocks.forEach(offset -> free(store, offset, holder));
            assertThat(store.runs().committedRegionCount()).isEqualTo(1);

            assertThat(store.trim()).isEqualTo(1);

            assertThat(store.census()).isEqualTo(new Census(0, 0, List.of(), 0, 0));
            assertThat(store.runs().committedRegionCount()).isZero();
        });
        assertThat(eraser.take()).as("each erased once").hasSize(20).doesNotHaveDuplicates();
    }

    /** Parked blocks keep runs. Many frees in a row mean that the caller wants the runs released; no trim is needed. */
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void manyFreesInARowReleaseAllButOneRunWithoutATrim(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> few = take(store, 500, holder, 6);
            List<Long> blocks = take(store, byteSize, holder, 3000);
            few.forEach(offset -> free(store, offset, holder));
            blocks.forEach(offset -> free(store, offset, holder));

            Census census = store.census();
            assertThat(census.liveBlockCount()).isZero();
            assertThat(census.classes()).allMatch(row -> row.slabCount() == 1);
            assertThat(census.packedRunCount()).isEqualTo(1);
            assertThat(Run.open(store.space)).as("the last block is not kept either")
                    .allMatch(run -> RunWord.isVacant(run.word()));
            // At most the region with the run, and an empty one.
            assertThat(store.runs().committedRegionCount()).isLessThanOrEqualTo(2);
            assertThat(parkedByteSize(store)).isZero();
        });
        assertThat(eraser.take()).hasSize(3006).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 300, 1000})
    void sixtyFourFreesInARowParkBlocksAndOneMoreReleasesThemAll(int byteSize) {
        List<Long> blocks = take(code, byteSize, Holder.ADDRESS, 130);
        takeParked(code, byteSize, Holder.ADDRESS);
        int usable = (int) code.usableByteSize(blocks.getFirst());
        for (int index = 0; index < 128; index += 2) {
            free(code, blocks.get(index), Holder.ADDRESS);
        }
        assertThat(eraser.take()).isEmpty();
        assertThat(parkedByteSize(code)).isEqualTo(64L * usable);

        free(code, blocks.get(128), Holder.ADDRESS);

        assertThat(eraser.take()).hasSize(65).doesNotHaveDuplicates();
        assertThat(parkedByteSize(code)).isZero();
        free(code, blocks.get(1), Holder.ADDRESS);
        assertThat(eraser.take()).hasSize(1);
        take(code, byteSize, Holder.ADDRESS);
        free(code, blocks.get(3), Holder.ADDRESS);
        assertThat(eraser.take()).as("parked again").isEmpty();
    }

    /** An address where no run lies, or inside or of another holder's run of whole pages. */
    @Test
    void wrongFreesDoNotCountAsFreesInARow() {
        free(data, take(data, 64, Holder.ADDRESS), Holder.ADDRESS);
        long run = take(data, 20_000, Holder.OBJECT);
        long parked = parkedByteSize(data);
        assertThat(parked).isPositive();
        long nowhere = 3L << 20;

        for (int time = 0; time < 100; time++) {
            assertThat(data.free(nowhere, Holder.ADDRESS)).isEqualTo(FreeResult.NOT_LIVE);
            assertThat(data.free(run + 4096, Holder.OBJECT)).isEqualTo(FreeResult.INTERIOR);
            assertThat(data.free(run, Holder.ADDRESS)).isEqualTo(FreeResult.HELD_OTHERWISE);
        }

        assertThat(parkedByteSize(data)).isEqualTo(parked);
    }

    /** A large block displaces many small ones. */
    @Test
    void theQuarantineHoldsItsLimitOfBytesAndAtMostOneBlockMore() {
        List<Long> small = take(code, 64, Holder.ADDRESS, 60);
        List<Long> large = take(code, 16_384, Holder.ADDRESS, 12);
        Quarantine quarantine = parking(code).quarantine;
        small.forEach(offset -> free(code, offset, Holder.ADDRESS));
        for (long offset : large) {
            take(code, 48, Holder.ADDRESS);
            free(code, offset, Holder.ADDRESS);
            assertThat(quarantine.byteSize()).isBetween(1, Quarantine.LARGEST_BYTE_SIZE + 16_384);
        }
        assertThat(code.census().liveBlockCount()).isEqualTo(large.size());
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
    void parkedBlocksServeAnyOtherSizeBeforeTheHeapIsExhausted(Holder holder, int byteSize) {
        stores().forEach(store -> {
            List<Long> blocks = take(store, byteSize, holder, 12);
            int pages = 0;
            while (Stores.allocate(store, 4096, 12, Holder.OBJECT) >= 0) {
                pages++;
            }
            blocks.forEach(offset -> free(store, offset, holder));

            assertThat(Stores.allocate(store, 4096, 12, Holder.OBJECT)).as("after %d pages", pages).isNotNegative();
            assertThat(store.census().liveBlockCount()).isEqualTo(pages + 1);
        });
        assertThat(eraser.take()).as("each erased once").hasSize(12).doesNotHaveDuplicates();
    }

    /** Many runs, so that packing counts. */
    @Test
    void aPackedBlockBesideAHoleMakesALargerHoleInsteadOfBeingParked() {
        List<Long> blocks = take(data, 1024, Holder.ADDRESS, 64 * 20);
        int base = 64 * 3;
        Run run = Run.at(data, blocks.get(base + 10));
        assertThat(run.covers(blocks.get(base + 13))).isTrue();
        freeUnparked(blocks.get(base + 10));

        free(data, blocks.get(base + 11), Holder.ADDRESS);
        free(data, blocks.get(base + 13), Holder.ADDRESS);
        passBy(data);

        assertThat(RunWord.last(run.word())).as("two blocks make one hole").isEqualTo(32);
        assertThat(RunWord.freeCount(run.word())).as("the third is parked whole").isEqualTo(32);
        assertThat(take(data, 1024, Holder.ADDRESS)).isEqualTo(blocks.get(base + 13));
    }

    private void freeUnparked(long offset) {
        free(data, offset, Holder.ADDRESS);
        parking(data).releaseAll();
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
            Owners owners = store.owners;
            assertThat(owners.all()).hasSize(2);
            actors.replaceOther();

            List<Long> again = take(store, byteSize, holder, 12);

            assertThat(Run.open(store.space)).hasSize(1);
            assertThat(Run.at(store, again.getFirst()).ownerId()).isEqualTo(owners.own().id());
            assertThat(blocks).allMatch(offset -> again.contains(offset) || store.startOf(offset) == -1);
        });
        assertThat(eraser.take()).as("each erased once").hasSize(12).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void blocksParkedInCommonRunsServeTheThreadsThatShareThem(Holder holder, int byteSize) {
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

    /** After a shrink its length is not the size of a place. */
    @Test
    void aPackedBlockAsSmallAsASlotIsNotParked() {
        for (Holder holder : Holder.values()) {
            stores().forEach(store -> {
                List<Long> blocks = take(store, 1000, holder, 3);
                long offset = blocks.get(1);
                assertThat(store.shrink(offset, 100, holder)).isEqualTo(FreeResult.DONE);
                assertThat(store.usableByteSize(offset)).isEqualTo(128);
                int free = Run.at(store, offset).freeByteSize();

                free(store, offset, holder);

                assertThat(Run.at(store, offset).freeByteSize()).isEqualTo(free + 128);
                assertThat(store.free(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
                assertThat(parkedByteSize(store)).isZero();
                store.trim();
            });
        }
    }
}
