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
        // Around the ring several times, at every number inside. Small classes, so that the bytes do not fill it.
        for (int inside = 1; inside <= Quarantine.LENGTH; inside++) {
            while (entered < left + inside) {
                assertThat(quarantine.isFull()).isFalse();
                quarantine.enter(placeOf(entered), entered % 20);
                entered++;
            }
            for (int count = 0; count < inside / 2 + 1; count++) {
                assertThat(quarantine.isEmpty()).isFalse();
                requireOldest(left);
                quarantine.leave();
                left++;
            }
        }
        while (left < entered) {
            requireOldest(left);
            quarantine.leave();
            left++;
        }
        assertThat(quarantine.isEmpty()).isTrue();
        assertThat(quarantine.byteSize()).isZero();
    }

    /** Larger than an {@code int}. */
    private static long placeOf(int number) {
        return (1L << 40) + 4096L * number;
    }

    private void requireOldest(int number) {
        assertThat(quarantine.oldestOffset()).isEqualTo(placeOf(number));
        assertThat(quarantine.oldestSizeClass()).isEqualTo(number % 20);
    }

    @Test
    void smallBlocksFillTheQuarantineByTheirNumber() {
        int sizeClass = SizeClasses.of(1024);
        for (int count = 0; count < Quarantine.LENGTH; count++) {
            assertThat(quarantine.isFull()).as("with %d blocks", count).isFalse();
            quarantine.enter(4096L * count, sizeClass);
        }
        assertThat(quarantine.isFull()).isTrue();
        assertThat(quarantine.byteSize()).isEqualTo(Quarantine.LENGTH * 1024);
        quarantine.leave();
        assertThat(quarantine.isFull()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1088, 2048, 4096, 16_384})
    void largeBlocksFillTheQuarantineByTheirBytes(int byteSize) {
        int sizeClass = SizeClasses.of(byteSize);
        int count = 0;
        while (!quarantine.isFull()) {
            quarantine.enter(4096L * count++, sizeClass);
            assertThat(quarantine.byteSize()).isEqualTo(count * byteSize);
        }
        assertThat(quarantine.byteSize() - byteSize).isLessThanOrEqualTo(Quarantine.LARGEST_BYTE_SIZE);
        assertThat(quarantine.byteSize()).isGreaterThan(Quarantine.LARGEST_BYTE_SIZE);
        assertThat(count).isLessThanOrEqualTo(Quarantine.LENGTH);
        quarantine.leave();
        assertThat(quarantine.isFull()).isFalse();
        assertThat(quarantine.byteSize()).isEqualTo((count - 1) * byteSize);
    }

    @Test
    void eachBlockLeavesWithItsOwnSize() {
        quarantine.enter(0, SizeClasses.of(16));
        quarantine.enter(4096, SizeClasses.of(4096));
        quarantine.enter(8192, SizeClasses.of(320));
        assertThat(quarantine.byteSize()).isEqualTo(16 + 4096 + 320);
        quarantine.leave();
        assertThat(quarantine.byteSize()).isEqualTo(4096 + 320);
        quarantine.leave();
        assertThat(quarantine.byteSize()).isEqualTo(320);
        assertThat(quarantine.metadataByteSize()).isGreaterThanOrEqualTo(Quarantine.LENGTH * 10);
    }
}
