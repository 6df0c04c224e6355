package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stacks of blocks by kind: the kinds, the names of blocks, and the depth of a stack. */
class MagazinesTest {
    private final int[] stacks = Magazines.empty();

    private static int largestNamedRun() {
        return Integer.MAX_VALUE >>> 10;
    }

    @Test
    void everySizeHasTheKindOfItsPlace() {
        int last = -1;
        for (int byteSize = 1; byteSize <= Magazines.LARGEST_BYTE_SIZE; byteSize++) {
            int kind = Magazines.kindFor(byteSize);
            boolean isSlot = byteSize <= BlockStore.LARGEST_SLOT_BYTE_SIZE;
            int place = isSlot
                    ? SizeClasses.slotByteSize(SizeClasses.indexOf(byteSize))
                    : PackedRun.granuleCount(byteSize) * PackedRun.GRANULE_BYTE_SIZE;
            int expected = isSlot
                    ? SizeClasses.indexOf(byteSize)
                    : Magazines.kindOf(Stores.packedRun(1), place);
            if (kind != expected || Magazines.isSlot(kind) != isSlot || Magazines.byteSizeOf(kind) != place) {
                assertThat(kind).as("kind of %d bytes", byteSize).isEqualTo(expected);
                assertThat(Magazines.isSlot(kind)).as("%d bytes in a slot", byteSize).isEqualTo(isSlot);
                assertThat(Magazines.byteSizeOf(kind)).as("place for %d bytes", byteSize).isEqualTo(place);
            }
            assertThat(kind).as("kind of %d bytes", byteSize).isBetween(last, last + 1);
            last = kind;
        }
        assertThat(last).isEqualTo(Magazines.KIND_COUNT - 1);
    }

    /** A table by kind has no gap, and a walk over all kinds meets every size once. */
    @Test
    void kindsHaveNoGapAndEachHasAPlaceOfItsOwnSize() {
        int last = 0;
        for (int kind = 0; kind < Magazines.KIND_COUNT; kind++) {
            int place = Magazines.byteSizeOf(kind);
            assertThat(place).as("place of kind %d", kind).isGreaterThan(last);
            assertThat(Magazines.kindFor(place)).as("kind that fills %d bytes", place).isEqualTo(kind);
            assertThat(Magazines.kindFor(last + 1)).as("kind of one byte more than %d", last).isEqualTo(kind);
            assertThat(Magazines.isSlot(kind)).isEqualTo(place <= BlockStore.LARGEST_SLOT_BYTE_SIZE);
            last = place;
        }
        assertThat(last).isEqualTo(Magazines.LARGEST_BYTE_SIZE);
    }

    @Test
    void everySlotHasTheKindOfItsSize() {
        for (int sizeClass = 0; sizeClass < BlockStore.CLASS_COUNT; sizeClass++) {
            Slab slab = Stores.slab(0, sizeClass);
            int kind = Magazines.kindOf(slab, slab.slotByteSize());
            assertThat(kind).isEqualTo(sizeClass).isEqualTo(Magazines.kindFor(slab.slotByteSize()));
            assertThat(Magazines.isSlot(kind)).isTrue();
            assertThat(Magazines.byteSizeOf(kind)).isEqualTo(slab.slotByteSize());
        }
    }

    /** The block was shrunk, or packed because no slab could be opened. No allocation of a slot may take it. */
    @Test
    void packedBlocksOfOtherLengthsThanPlacesHaveNoKind() {
        PackedRun run = Stores.packedRun(1);
        int least = PackedRun.granuleCount(BlockStore.LARGEST_SLOT_BYTE_SIZE + 1);
        int largest = PackedRun.granuleCount(Magazines.LARGEST_BYTE_SIZE);
        for (int granules = PackedRun.LEAST_GRANULE_COUNT; granules <= largest; granules++) {
            int byteSize = granules * PackedRun.GRANULE_BYTE_SIZE;
            int kind = Magazines.kindOf(run, byteSize);
            if (granules < least) {
                assertThat(kind).as("%d granules", granules).isEqualTo(-1);
            } else {
                assertThat(kind).as("%d granules", granules).isBetween(0, Magazines.KIND_COUNT - 1);
                assertThat(Magazines.isSlot(kind)).isFalse();
                assertThat(Magazines.byteSizeOf(kind)).isEqualTo(byteSize);
            }
        }
    }

    @Test
    void theNameOfABlockLeadsBackToItsRunAndPosition() {
        for (int number : new int[] {0, 1, 1000, largestNamedRun() - 1, largestNamedRun()}) {
            for (int position : new int[] {0, 1, 511, 1023}) {
                int round = Magazines.firstRound(number) + position;
                assertThat(round).isNotNegative();
                assertThat(Magazines.runNumber(round)).isEqualTo(number);
                assertThat(Magazines.position(round)).isEqualTo(position);
            }
        }
    }

    @Test
    void aRunWhoseNumberIsTooLargeHasNoName() {
        assertThat(Magazines.firstRound(largestNamedRun() + 1)).isEqualTo(-1);
        assertThat(Magazines.firstRound(Integer.MAX_VALUE)).isEqualTo(-1);
        assertThat(Stores.packedRun(largestNamedRun() + 1).firstRound).isNegative();
        assertThat(Stores.packedRun(largestNamedRun()).firstRound).isNotNegative();
    }

    @Test
    void everyPositionOfEveryRunFitsInAName() {
        assertThat(PackedRun.GRANULE_COUNT).isLessThanOrEqualTo(1024);
        for (int sizeClass = 0; sizeClass < BlockStore.CLASS_COUNT; sizeClass++) {
            int pageCount = Slab.largePageCountFor(sizeClass);
            assertThat(pageCount).isGreaterThanOrEqualTo(Slab.pageCountFor(sizeClass));
            Slab slab = new Slab(0, Stores.owner(), sizeClass, pageCount);
            assertThat(slab.slotCount()).as("slots of class %d", sizeClass).isLessThanOrEqualTo(1024);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 256, 257, 1000, 1024, 2048, 4096})
    void theLastBlockPushedIsTheFirstPopped(int byteSize) {
        int kind = Magazines.kindFor(byteSize);
        assertThat(Magazines.pop(stacks, kind)).isEqualTo(-1);
        List<Integer> pushed = new ArrayList<>();
        while (Magazines.push(stacks, kind, pushed.size())) {
            pushed.add(pushed.size());
            assertThat(Magazines.byteSize(stacks)).isEqualTo((long) pushed.size() * Magazines.byteSizeOf(kind));
        }
        assertThat(pushed.size()).isBetween(8, 15);
        for (int round : pushed.reversed()) {
            assertThat(Magazines.pop(stacks, kind)).isEqualTo(round);
        }
        assertThat(Magazines.pop(stacks, kind)).isEqualTo(-1);
        assertThat(Magazines.byteSize(stacks)).isZero();
        assertThat(Magazines.push(stacks, kind, 3)).isTrue();
        assertThat(Magazines.pop(stacks, kind)).isEqualTo(3);
    }

    @Test
    void smallBlocksAreStackedFifteenDeepAndLargeOnesEight() {
        assertThat(pushUntilFull(Magazines.kindFor(16))).isEqualTo(15);
        assertThat(pushUntilFull(Magazines.kindFor(1024))).isEqualTo(15);
        assertThat(pushUntilFull(Magazines.kindFor(4096))).isEqualTo(8);
    }

    private int pushUntilFull(int kind) {
        int count = 0;
        while (Magazines.push(stacks, kind, count)) {
            count++;
        }
        return count;
    }

    /** The stacks lie one after the other in one array: a full one must not reach into the next. */
    @Test
    void kindsDoNotMix() {
        int stacked = Magazines.kindFor(4096);
        List<Integer> counts = new ArrayList<>();
        for (int kind = 0; kind <= stacked; kind++) {
            int count = 0;
            while (Magazines.push(stacks, kind, 1000 * kind + count)) {
                count++;
            }
            counts.add(count);
        }
        for (int kind = stacked; kind >= 0; kind--) {
            for (int count = counts.get(kind) - 1; count >= 0; count--) {
                assertThat(Magazines.pop(stacks, kind)).isEqualTo(1000 * kind + count);
            }
            assertThat(Magazines.pop(stacks, kind)).isEqualTo(-1);
        }
        assertThat(Magazines.byteSize(stacks)).isZero();
    }

    @Test
    void largerBlocksAreNotStacked() {
        for (int kind = Magazines.kindFor(4097); kind < Magazines.KIND_COUNT; kind++) {
            assertThat(Magazines.push(stacks, kind, 1)).isFalse();
            assertThat(Magazines.pop(stacks, kind)).isEqualTo(-1);
        }
        assertThat(Magazines.byteSize(stacks)).isZero();
    }

    @Test
    void theirOwnMemoryIsCounted() {
        assertThat(Magazines.metadataByteSize(stacks)).isBetween(4L * stacks.length + 16, 4L * stacks.length + 48);
    }
}
