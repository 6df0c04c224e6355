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
    void everySlotIsHandedOutOnceAndInsideTheRun(Slab slab) {
        BitSet offsets = new BitSet();
        for (int count = 0; count < slab.slotCount(); count++) {
            assertThat(slab.isFull()).isFalse();
            int offset = slab.allocate(Holder.ADDRESS);
            assertThat(offset % slab.slotByteSize()).isZero();
            assertThat(offset + slab.slotByteSize()).isLessThanOrEqualTo(slab.pageCount() * 4096);
            assertThat(offsets.get(offset)).isFalse();
            offsets.set(offset);
        }
        assertThat(slab.isFull()).isTrue();
        assertThat(slab.freeByteSize()).isZero();
        slab.checkInvariants();
    }

    @ParameterizedTest
    @MethodSource("slabsOfEveryClass")
    void everyByteLeadsToTheSlotItLiesIn(Slab slab) {
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

    @Test
    void theHolderOfASlotIsTheOneItWasTakenBy() {
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
            assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot * 16);
            assertThat(slab.holder(slot)).isEqualTo(Holder.ADDRESS);
            slab.checkInvariants();
        }
    }

    @Test
    void aSlotJustFreedIsTheLastOfTheFreeOnesToBeHandedOutAgain() {
        Slab slab = slabsOfEveryClass()[0];
        int first = slab.allocate(Holder.ADDRESS);
        slab.free(first / 16);
        for (int count = 1; count < slab.slotCount(); count++) {
            int offset = slab.allocate(Holder.ADDRESS);
            assertThat(offset).as("allocation %d after the free", count).isNotEqualTo(first);
            slab.free(offset / 16);
        }
        assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(first);
    }

    @Test
    void rotationGoesOnWhenASlabServesAnotherRun() {
        Slab slab = slabsOfEveryClass()[0];
        slab.free(slab.allocate(Holder.ADDRESS) / 16);
        slab.close();
        slab.open(700, 1);

        assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(16);
    }

    @Test
    void theOnlyFreeSlotIsFoundWhereverItIs() {
        for (Slab slab : slabsOfEveryClass()) {
            while (!slab.isFull()) {
                slab.allocate(Holder.ADDRESS);
            }
            for (int slot = 0; slot < slab.slotCount(); slot++) {
                slab.free(slot);
                assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot * slab.slotByteSize());
            }
            for (int slot = slab.slotCount() - 1; slot >= 0; slot--) {
                slab.free(slot);
                assertThat(slab.allocate(Holder.ADDRESS)).isEqualTo(slot * slab.slotByteSize());
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

    @Test
    void aRunWithBlocksCanNeitherBeLeftNorReplaced() {
        Slab slab = slabsOfEveryClass()[0];
        slab.allocate(Holder.ADDRESS);

        assertThatThrownBy(slab::close).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> slab.open(7, 1)).isInstanceOf(AssertionError.class);
        assertThat(slab.covers(0)).isTrue();
    }
}
