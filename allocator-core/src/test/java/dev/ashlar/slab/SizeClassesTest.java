package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every size from 1 to 64 KiB. */
class SizeClassesTest {
    private static final int LARGEST = 1 << 16;

    @Test
    void theClassOfASizeIsTheSmallestThatHoldsIt() {
        for (int size = 1; size <= LARGEST; size++) {
            int index = SizeClasses.indexOf(size);
            assertThat(SizeClasses.slotByteSize(index)).as("size %d", size).isGreaterThanOrEqualTo(size);
            if (index > 0) {
                assertThat(SizeClasses.slotByteSize(index - 1)).as("size %d", size).isLessThan(size);
            }
        }
    }

    @Test
    void classesGrowWithTheSizeAndNoneIsSkipped() {
        int previous = 0;
        for (int size = 1; size <= LARGEST; size++) {
            int index = SizeClasses.indexOf(size);
            assertThat(index).as("size %d", size).isBetween(previous, previous + 1);
            previous = index;
        }
    }

    @Test
    void aSlotSizeIsItsOwnClass() {
        int last = SizeClasses.indexOf(LARGEST);
        for (int index = 0; index <= last; index++) {
            assertThat(SizeClasses.indexOf(SizeClasses.slotByteSize(index))).isEqualTo(index);
        }
        assertThat(SizeClasses.slotByteSize(last)).isEqualTo(LARGEST);
    }

    @Test
    void slotSizesAreMultiplesOfTheQuantum() {
        for (int index = 0; index <= SizeClasses.indexOf(LARGEST); index++) {
            assertThat(SizeClasses.slotByteSize(index) % SizeClasses.QUANTUM).isZero();
        }
    }

    @Test
    void roundingWastesAtMost15BytesOfTheSmallAndASixteenthOfTheRest() {
        for (int size = 1; size <= LARGEST; size++) {
            int waste = SizeClasses.slotByteSize(SizeClasses.indexOf(size)) - size;
            assertThat(waste).as("size %d", size).isLessThanOrEqualTo(size <= 256 ? 15 : size / 16);
        }
    }

    @Test
    void multiplesOf16HaveSlotsOfTheirExactSize() {
        for (int size = 16; size <= BlockStore.LARGEST_SLOT_BYTE_SIZE; size += 16) {
            assertThat(SizeClasses.slotByteSize(SizeClasses.indexOf(size))).isEqualTo(size);
        }
    }
}
