package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First in, first out, and never more than a fixed number of blocks and bytes. */
class QuarantineTest {
    private final Quarantine quarantine = new Quarantine();

    @Test
    void blocksLeaveInTheOrderInWhichTheyCame() {
        int entered = 0;
        int left = 0;
        // Around the ring several times, at every number inside.
        for (int inside = 1; inside <= Quarantine.LENGTH; inside++) {
            while (entered < left + inside) {
                assertThat(quarantine.isFull()).isFalse();
                quarantine.enter(placeOf(entered), roundOf(entered), entered % 20);
                entered++;
            }
            for (int count = 0; count < inside / 2 + 1; count++) {
                assertThat(quarantine.isEmpty()).isFalse();
                requireOldest(left);
                quarantine.leave(Magazines.byteSizeOf(left % 20));
                left++;
            }
        }
        while (left < entered) {
            requireOldest(left);
            quarantine.leave(Magazines.byteSizeOf(left % 20));
            left++;
        }
        assertThat(quarantine.isEmpty()).isTrue();
        assertThat(quarantine.byteSize()).isZero();
    }

    /** Larger than an {@code int}. */
    private static long placeOf(int number) {
        return (1L << 40) + 4096L * number;
    }

    /** The largest names. */
    private static int roundOf(int number) {
        return Integer.MAX_VALUE - number;
    }

    private void requireOldest(int number) {
        assertThat(quarantine.oldestOffset()).isEqualTo(placeOf(number));
        long name = quarantine.oldestName();
        assertThat(Quarantine.roundOf(name)).isEqualTo(roundOf(number));
        assertThat(Quarantine.kindOf(name)).isEqualTo(number % 20);
    }

    @Test
    void everyRoundAndKindHasItsOwnNames() {
        for (int round : new int[] {0, 1, 1 << 30, Integer.MAX_VALUE}) {
            for (int kind = 0; kind < Magazines.KIND_COUNT; kind++) {
                quarantine.enter(0, round, kind);
                long name = quarantine.oldestName();
                assertThat(Quarantine.roundOf(name)).isEqualTo(round);
                assertThat(Quarantine.kindOf(name)).isEqualTo(kind);
                quarantine.leave(Magazines.byteSizeOf(kind));
            }
        }
        assertThat(quarantine.byteSize()).isZero();
    }

    @Test
    void smallBlocksFillTheQuarantineByTheirNumber() {
        int kind = Magazines.kindFor(1024);
        for (int count = 0; count < Quarantine.LENGTH; count++) {
            assertThat(quarantine.isFull()).as("with %d blocks", count).isFalse();
            quarantine.enter(4096L * count, count, kind);
        }
        assertThat(quarantine.isFull()).isTrue();
        assertThat(quarantine.byteSize()).isEqualTo(Quarantine.LENGTH * 1024);
        quarantine.leave(1024);
        assertThat(quarantine.isFull()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1088, 2048, 4096, 16_384})
    void largeBlocksFillTheQuarantineByTheirBytes(int byteSize) {
        int kind = Magazines.kindFor(byteSize);
        int count = 0;
        while (!quarantine.isFull()) {
            quarantine.enter(0, count++, kind);
            assertThat(quarantine.byteSize()).isEqualTo(count * byteSize);
        }
        assertThat(quarantine.byteSize() - byteSize).isLessThanOrEqualTo(Quarantine.LARGEST_BYTE_SIZE);
        assertThat(quarantine.byteSize()).isGreaterThan(Quarantine.LARGEST_BYTE_SIZE);
        assertThat(count).isLessThanOrEqualTo(Quarantine.LENGTH);
        quarantine.leave(byteSize);
        assertThat(quarantine.isFull()).isFalse();
        assertThat(quarantine.byteSize()).isEqualTo((count - 1) * byteSize);
    }

    @Test
    void eachBlockLeavesWithItsOwnSize() {
        quarantine.enter(0, 1, Magazines.kindFor(16));
        quarantine.enter(4096, 2, Magazines.kindFor(4096));
        quarantine.enter(8192, 3, Magazines.kindFor(320));
        assertThat(quarantine.byteSize()).isEqualTo(16 + 4096 + 320);
        quarantine.leave(16);
        assertThat(quarantine.byteSize()).isEqualTo(4096 + 320);
        quarantine.leave(4096);
        assertThat(quarantine.byteSize()).isEqualTo(320);
        assertThat(quarantine.metadataByteSize()).isGreaterThanOrEqualTo(Quarantine.LENGTH * 16);
    }
}
