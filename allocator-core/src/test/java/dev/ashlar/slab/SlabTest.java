package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Slots of one slab, for every class up to a page. */
class SlabTest {
    static Slab[] slabsOfEveryClass() {
        Slab[] slabs = new Slab[SizeClasses.indexOf(4096) + 1];
        for (int index = 0; index < slabs.length; index++) {
            slabs[index] = Stores.slab(0, index);
            slabs[index].open(0, Slab.pageCountFor(index));
        }
        return slabs;
    }

    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void aSlabHoldsManySlotsAndWastesLittle(Slab slab) {
        int bytes = slab.pageCount() * 4096;
        assertThat(slab.pageCount()).isBetween(1, 16);
        assertThat(slab.slotCount()).isGreaterThanOrEqualTo(8);
        assertThat(bytes - slab.slotCount() * slab.slotByteSize())
                .isLessThanOrEqualTo(slab.pageCount() == 16 ? slab.slotByteSize() - 1 : bytes / 32);
    }

    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void everySlotIsTakenOnceAndLiesInsideTheRun(Slab slab) {
        BitSet slots = new BitSet();
        for (int count = 0; count < slab.slotCount(); count++) {
            assertThat(slab.isFull()).isFalse();
            int slot = slab.allocate(Holder.ADDRESS);
            int offset = slab.startAt(slot);
            assertThat(offset).isBetween(0, slab.pageCount() * 4096 - slab.slotByteSize());
            assertThat(offset).isEqualTo(slot * slab.slotByteSize());
            assertThat(slots.get(slot)).isFalse();
            slots.set(slot);
        }
        assertThat(slab.isFull()).isTrue();
        assertThat(slab.freeByteSize()).isZero();
        slab.checkInvariants();
    }

    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void everyByteLeadsToItsSlot(Slab slab) {
        while (!slab.isFull()) {
            slab.allocate(Holder.ADDRESS);
        }
        for (int slot = 1; slot < slab.slotCount(); slot += 2) {
            slab.free(slot);
        }
        for (int offset = 0; offset < slab.pageCount() * 4096; offset++) {
            int slot = offset / slab.slotByteSize();
            boolean isLive = slot < slab.slotCount() && slot % 2 == 0;
            int expected = isLive ? slot : -1;
            if (slab.positionOf(offset) != expected) {
                assertThat(slab.positionOf(offset)).as("offset %d", offset).isEqualTo(expected);
            }
            if (isLive && (slab.startAt(slot) != slot * slab.slotByteSize() || !slab.isLive(slot))) {
                assertThat(slab.startAt(slot)).as("slot %d", slot).isEqualTo(slot * slab.slotByteSize());
                assertThat(slab.isLive(slot)).as("slot %d", slot).isTrue();
            }
        }
    }

    /** A thread that reads another run than it meant to may pass such an offset. */
    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void anOffsetOutsideTheRunLeadsToNoSlot(Slab slab) {
        while (!slab.isFull()) {
            slab.allocate(Holder.ADDRESS);
        }
        int end = slab.pageCount() * 4096;
        for (int offset : new int[] {-1, -16, -end, -end - 1, Integer.MIN_VALUE, end, end + 1, 1 << 16, 1 << 30,
            Integer.MAX_VALUE}) {
            assertThat(slab.positionOf(offset)).as("offset %d", offset).isEqualTo(-1);
        }
    }

    /** The size is read from the bits of the next slots. */
    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void aSlotHasItsSizeWithAnyNeighbours(Slab slab) {
        for (Holder own : Holder.values()) {
            for (Holder other : Holder.values()) {
                while (!slab.isFull()) {
                    slab.allocate(slab.freeCount() % 2 == slab.slotCount() % 2 ? own : other);
                }
                everySlotHasItsSize(slab);
                for (int slot = 1; slot < slab.slotCount(); slot += 2) {
                    slab.park(slot);
                }
                everySlotHasItsSize(slab);
                for (int slot = 1; slot < slab.slotCount(); slot += 2) {
                    slab.free(slot);
                }
                everySlotHasItsSize(slab);
                for (int slot = 0; slot < slab.slotCount(); slot += 2) {
                    slab.free(slot);
                }
            }
        }
    }

    private static void everySlotHasItsSize(Slab slab) {
        for (int slot = 0; slot < slab.slotCount(); slot++) {
            if (slab.isStart(slot)) {
                assertThat(slab.usableByteSize(slot)).as("slot %d", slot).isEqualTo(slab.slotByteSize());
            }
        }
    }

    @Test
    void aSlotKeepsTheHolderThatItWasTakenFor() {
        Slab slab = slabsOfEveryClass()[0];
        for (int slot = 0; slot < slab.slotCount(); slot++) {
            slab.allocate(slot % 3 == 0 ? Holder.OBJECT : Holder.ADDRESS);
        }
        for (int slot : new int[] {0, 1, 62, 63, 64, 65, 126, 127, 128, 129, 252, 255}) {
            assertThat(slab.holder(slot)).as("slot %d", slot)
                    .isEqualTo(slot % 3 == 0 ? Holder.OBJECT : Holder.ADDRESS);
        }
    }

    @Test
    void aSlotForgetsItsHolderWhenItIsFreed() {
        Slab slab = slabsOfEveryClass()[0];
        while (!slab.isFull()) {
            slab.allocate(Holder.OBJECT);
        }
        for (int slot : new int[] {0, 63, 64, 65, 255}) {
            slab.free(slot);
            assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot);
            assertThat(slab.holder(slot)).isEqualTo(Holder.ADDRESS);
            slab.checkInvariants();
        }
    }

    @Test
    void theSlotFreedLastIsUsedAgainAfterAllOtherFreeSlots() {
        Slab slab = slabsOfEveryClass()[0];
        int first = slab.allocate(Holder.ADDRESS);
        slab.free(first);
        for (int count = 1; count < slab.slotCount(); count++) {
            int slot = slab.allocate(Holder.ADDRESS);
            assertThat(slot).as("allocation %d after the free", count).isNotEqualTo(first);
            slab.free(slot);
        }
        assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(first);
    }

    @Test
    void rotationContinuesWhenASlabServesAnotherRun() {
        Slab slab = slabsOfEveryClass()[0];
        assertThat(slab.allocate(Holder.ADDRESS)).isZero();
        slab.free(0);
        slab.close();
        slab.open(700, 1);

        assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(1);
    }

    @Test
    void theOnlyFreeSlotIsFoundAtEveryPosition() {
        for (Slab slab : slabsOfEveryClass()) {
            while (!slab.isFull()) {
                slab.allocate(Holder.ADDRESS);
            }
            for (int slot = 0; slot < slab.slotCount(); slot++) {
                slab.free(slot);
                assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot);
            }
            for (int slot = slab.slotCount() - 1; slot >= 0; slot--) {
                slab.free(slot);
                assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot);
            }
        }
    }

    @Test
    void freeingAFreeSlotThrowsAndChangesNothing() {
        Slab slab = slabsOfEveryClass()[1];
        slab.allocate(Holder.ADDRESS);
        int free = slab.freeCount();

        assertThatThrownBy(() -> slab.free(1)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> slab.free(64)).isInstanceOf(AssertionError.class);
        assertThat(slab.freeCount()).isEqualTo(free);
        slab.checkInvariants();
    }

    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void aParkedSlotIsNeitherLiveNorFree(Slab slab) {
        while (!slab.isFull()) {
            slab.allocate(slab.freeCount() % 2 == 0 ? Holder.ADDRESS : Holder.OBJECT);
        }
        for (int slot = 0; slot < slab.slotCount(); slot++) {
            Holder holder = slab.holder(slot);
            Holder next = slot % 3 == 0 ? Holder.ADDRESS : Holder.OBJECT;
            int start = slot * slab.slotByteSize();
            assertThat(slab.find(start, holder)).isEqualTo(slot);

            slab.park(slot);

            boolean looksFree = !slab.isLive(slot)
                    && slab.positionOf(start) == -1
                    && slab.positionOf(start + slab.slotByteSize() - 1) == -1
                    && slab.find(start, Holder.ADDRESS) == FreeResult.NOT_LIVE.code
                    && slab.find(start + 1, Holder.OBJECT) == FreeResult.NOT_LIVE.code
                    && slab.liveBlockCount() == slab.slotCount() - 1
                    && slab.freeByteSize() == slab.slotByteSize();
            assertThat(looksFree).as("slot %d", slot).isTrue();
            assertThat(slab.isFull()).isTrue();
            slab.checkInvariants();

            slab.unpark(slot, next);
            assertThat(slab.isLive(slot)).isTrue();
            assertThat(slab.holder(slot)).isEqualTo(next);
            assertThat(slab.find(start, next)).isEqualTo(slot);
        }
        assertThat(slab.freeByteSize()).isZero();
        slab.checkInvariants();
    }

    @Test
    void aParkedSlotIsNotTakenUntilItIsFree() {
        Slab slab = slabsOfEveryClass()[0];
        for (int slot = 0; slot < 100; slot++) {
            slab.allocate(Holder.OBJECT);
        }
        for (int slot : new int[] {0, 31, 32, 63, 64, 99}) {
            slab.park(slot);
        }
        assertThat(slab.freeCount()).isEqualTo(156);
        while (!slab.isFull()) {
            assertThat(slab.allocate(Holder.ADDRESS)).isGreaterThanOrEqualTo(100);
        }
        for (int slot : new int[] {0, 31, 32, 63, 64, 99}) {
            slab.free(slot);
            assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot);
            assertThat(slab.holder(slot)).isEqualTo(Holder.ADDRESS);
        }
        assertThat(slab.liveBlockCount()).isEqualTo(256);
        slab.checkInvariants();
    }

    @Test
    void aSlabWithAParkedSlotIsNotVacant() {
        Slab slab = slabsOfEveryClass()[0];
        slab.allocate(Holder.ADDRESS);
        slab.park(0);
        assertThat(slab.isVacant()).isFalse();
        assertThatThrownBy(slab::close).isInstanceOf(AssertionError.class);
        slab.free(0);
        assertThat(slab.isVacant()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void aSlotIsFoundByItsStartAndHolder(Slab slab) {
        while (slab.freeCount() > 1) {
            slab.allocate(slab.freeCount() % 3 == 0 ? Holder.ADDRESS : Holder.OBJECT);
        }
        for (int offset = 0; offset < slab.pageCount() * 4096; offset += 4) {
            int slot = slab.positionOf(offset);
            for (Holder holder : Holder.values()) {
                int expected = slot < 0
                        ? FreeResult.NOT_LIVE.code
                        : slab.startAt(slot) != offset
                                ? FreeResult.INTERIOR.code
                                : slab.holder(slot) == holder ? slot : FreeResult.HELD_OTHERWISE.code;
                if (slab.find(offset, holder) != expected) {
                    assertThat(slab.find(offset, holder)).as("offset %d", offset).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void onlyLiveSlotsAreParkedAndOnlyParkedSlotsAreUsedAgain() {
        Slab slab = slabsOfEveryClass()[0];
        slab.allocate(Holder.OBJECT);
        assertThatThrownBy(() -> slab.park(1)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> slab.unpark(0, Holder.ADDRESS)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> slab.unpark(1, Holder.ADDRESS)).isInstanceOf(AssertionError.class);
        slab.park(0);
        assertThatThrownBy(() -> slab.park(0)).isInstanceOf(AssertionError.class);
        slab.checkInvariants();
    }

    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void aLargerSlabHasMoreSlotsAndBehavesTheSame(Slab small) {
        int sizeClass = small.sizeClass();
        Slab slab = new Slab(1, Stores.owner(), sizeClass, Slab.largePageCountFor(sizeClass));
        slab.open(0, Slab.largePageCountFor(sizeClass));
        assertThat(slab.slotCount()).isGreaterThanOrEqualTo(small.slotCount());
        for (int slot = 0; slot < slab.slotCount(); slot++) {
            assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot);
            assertThat(slab.positionOf((slot + 1) * slab.slotByteSize() - 1)).isEqualTo(slot);
        }
        assertThat(slab.isFull()).isTrue();
        assertThat(slab.markRemote(slab.slotCount() - 1, slab.generation())).isTrue();
        assertThat(slab.isMarkedRemote(slab.slotCount() - 1)).isTrue();
        assertThat(slab.livePositionOf(slab.slotCount() - 1)).isEqualTo(slab.slotCount() - 1);
        slab.checkInvariants();
    }

    @Test
    void aSlabWithBlocksKeepsItsRun() {
        Slab slab = slabsOfEveryClass()[0];
        slab.allocate(Holder.ADDRESS);

        assertThatThrownBy(slab::close).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> slab.open(7, 1)).isInstanceOf(AssertionError.class);
        assertThat(slab.covers(0)).isTrue();
    }
}
