package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every size from 1 byte to the largest packed block. */
class SizeClassesTest {
    @Test
    void theClassOfASizeIsTheSmallestThatHoldsItAndNoneIsSkipped() {
        int previous = 0;
        for (int size = 1; size <= SizeClasses.LARGEST_PACKED_BYTE_SIZE; size++) {
            int sizeClass = SizeClasses.of(size);
            assertThat(sizeClass).as("size %d", size).isBetween(previous, previous + 1);
            assertThat(SizeClasses.byteSize(sizeClass)).as("size %d", size).isGreaterThanOrEqualTo(size);
            assertThat(sizeClass == 0 || SizeClasses.byteSize(sizeClass - 1) < size).as("size %d", size).isTrue();
            previous = sizeClass;
        }
        assertThat(previous).isEqualTo(SizeClasses.COUNT - 1);
    }

    @Test
    void theSizeOfAPlaceIsItsOwnClass() {
        for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
            assertThat(SizeClasses.of(SizeClasses.byteSize(sizeClass))).isEqualTo(sizeClass);
        }
        assertThat(SizeClasses.byteSize(SizeClasses.COUNT - 1)).isEqualTo(SizeClasses.LARGEST_PACKED_BYTE_SIZE);
    }

    /** Slots come first, in steps of 16 bytes; then packed blocks in granules. */
    @Test
    void everySizeHasTheKindOfItsPlace() {
        for (int size = 1; size <= SizeClasses.LARGEST_PACKED_BYTE_SIZE; size++) {
            int sizeClass = SizeClasses.of(size);
            boolean isSlot = size <= SizeClasses.LARGEST_SLOT_BYTE_SIZE;
            int place = isSlot ? (size + 15) / 16 * 16 : PackedRuns.granuleCount(size) * 64;
            assertThat(SizeClasses.isSlot(sizeClass)).as("size %d", size).isEqualTo(isSlot);
            assertThat(SizeClasses.byteSize(sizeClass)).as("size %d", size).isEqualTo(place);
        }
    }

    /** The block was shrunk, or packed because no slab could be opened. No allocation of a slot may take it. */
    @Test
    void onlyPackedBlocksLongerThanSlotsHaveAClassOfTheirOwn() {
        for (int granules = PackedRuns.LEAST_GRANULE_COUNT; granules <= 256; granules++) {
            int sizeClass = SizeClasses.ofGranules(granules);
            boolean isLonger = granules * 64 > SizeClasses.LARGEST_SLOT_BYTE_SIZE;
            assertThat(SizeClasses.isSlot(sizeClass)).as("%d granules", granules).isEqualTo(!isLonger);
            assertThat(!isLonger || SizeClasses.byteSize(sizeClass) == granules * 64)
                    .as("%d granules", granules).isTrue();
        }
    }
}
