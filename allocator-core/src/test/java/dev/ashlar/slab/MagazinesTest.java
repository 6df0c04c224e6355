package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stacks of blocks by kind: what is a kind, what a block is called, how many fit. */
class MagazinesTest {
    private final Magazines magazines = new Magazines();

    private static int largestNamedRun() {
        return Integer.MAX_VALUE >>> 10;
    }

    @Test
    void everySizeHasTheKindOfThePlacesItFills() {
        int last = -1;
        for (int byteSize = 1; byteSize <= Magazines.LARGEST_BYTE_SIZE; byteSize++) {
            int kind = Magazines.kindFor(byteSize);
            boolean isSlot = byteSize <= BlockStore.LARGEST_SLOT_BYTE_SIZE;
            int place = isSlot
                    ? SizeClasses.slotByteSize(SizeClasses.indexOf(byteSize))
                    : PackedRun.granuleCount(byteSize) * PackedRun.GRANULE_BYTE_SIZE;
            int expected = isSlot
                    ? SizeClasses.indexOf(byteSize)
                    : Magazines.kindOfPacked(PackedRun.granuleCount(byteSize));
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

    @Test
    void packedBlocksThatFillNoSizesPlaceHaveNoKind() {
        int least = PackedRun.granuleCount(BlockStore.LARGEST_SLOT_BYTE_SIZE + 1);
        int largest = PackedRun.granuleCount(Magazines.LARGEST_BYTE_SIZE);
        for (int granules = 0; granules <= PackedRun.GRANULE_COUNT; granules++) {
            int kind = Magazines.kindOfPacked(granules);
            if (granules < least || granules > largest) {
                assertThat(kind).as("%d granules", granules).isEqualTo(-1);
            } else {
                assertThat(kind).as("%d granules", granules).isBetween(0, Magazines.KIND_COUNT - 1);
                assertThat(Magazines.isSlot(kind)).isFalse();
            }
        }
    }

    @Test
    void aBlocksNameLeadsBackToRunAndPosition() {
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
    void aRunWhoseNumberIsTooLargeIsNotNamed() {
        assertThat(Magazines.firstRound(largestNamedRun() + 1)).isEqualTo(-1);
        assertThat(Magazines.firstRound(Integer.MAX_VALUE)).isEqualTo(-1);
        assertThat(Stores.packedRun(largestNamedRun() + 1).firstRound).isNegative();
        assertThat(Stores.packedRun(largestNamedRun()).firstRound).isNotNegative();
    }

    @Test
    void noRunHasMorePositionsThanANameHasRoomFor() {
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
        assertThat(magazines.pop(kind)).isEqualTo(-1);
        assertThat(magazines.push(kind, 7)).as("before there is room").isFalse();
        magazines.prepare(kind);
        assertThat(magazines.pop(kind)).isEqualTo(-1);
        List<Integer> pushed = new ArrayList<>();
        while (magazines.push(kind, pushed.size())) {
            pushed.add(pushed.size());
            assertThat(magazines.byteSize()).isEqualTo((long) pushed.size() * Magazines.byteSizeOf(kind));
        }
        assertThat(pushed.size()).isBetween(8, 16);
        magazines.prepare(kind);
        for (int round : pushed.reversed()) {
            assertThat(magazines.pop(kind)).isEqualTo(round);
        }
        assertThat(magazines.pop(kind)).isEqualTo(-1);
        assertThat(magazines.byteSize()).isZero();
        assertThat(magazines.push(kind, 3)).isTrue();
        assertThat(magazines.pop(kind)).isEqualTo(3);
    }

    @Test
    void kindsDoNotMix() {
        int stacked = Magazines.kindFor(4096);
        for (int kind = 0; kind <= stacked; kind++) {
            magazines.prepare(kind);
            assertThat(magazines.push(kind, 1000 + kind)).isTrue();
        }
        for (int kind = stacked; kind >= 0; kind--) {
            assertThat(magazines.pop(kind)).isEqualTo(1000 + kind);
            assertThat(magazines.pop(kind)).isEqualTo(-1);
        }
    }

    @Test
    void largerBlocksAreNotStacked() {
        for (int byteSize : new int[] {4097, 8192, Magazines.LARGEST_BYTE_SIZE}) {
            int kind = Magazines.kindFor(byteSize);
            magazines.prepare(kind);
            assertThat(magazines.push(kind, 1)).isFalse();
            assertThat(magazines.pop(kind)).isEqualTo(-1);
        }
    }

    @Test
    void bookkeepingIsCounted() {
        long before = magazines.metadataByteSize();
        magazines.prepare(0);
        assertThat(magazines.metadataByteSize()).isBetween(before + 4 * 8, before + 16 + 4 * 17);
    }
}
