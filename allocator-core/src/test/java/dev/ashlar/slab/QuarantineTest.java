package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First in, first out, and never more than so many blocks and bytes. */
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
                quarantine.enter(1000 + entered, entered % 20);
                entered++;
            }
            for (int count = 0; count < inside / 2 + 1; count++) {
                assertThat(quarantine.isEmpty()).isFalse();
                assertThat(quarantine.oldestRound()).isEqualTo(1000 + left);
                assertThat(quarantine.oldestKind()).isEqualTo(left % 20);
                quarantine.leave();
                left++;
            }
        }
        while (left < entered) {
            assertThat(quarantine.oldestRound()).isEqualTo(1000 + left++);
            quarantine.leave();
        }
        assertThat(quarantine.isEmpty()).isTrue();
        assertThat(quarantine.byteSize()).isZero();
    }

    @Test
    void smallBlocksFillItByTheirNumber() {
        int kind = Magazines.kindFor(1024);
        for (int count = 0; count < Quarantine.LENGTH; count++) {
            assertThat(quarantine.isFull()).as("with %d blocks", count).isFalse();
            quarantine.enter(count, kind);
        }
        assertThat(quarantine.isFull()).isTrue();
        assertThat(quarantine.byteSize()).isEqualTo(Quarantine.LENGTH * 1024);
        quarantine.leave();
        assertThat(quarantine.isFull()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1088, 2048, 4096, 16_384})
    void largeBlocksFillItByTheirBytes(int byteSize) {
        int kind = Magazines.kindFor(byteSize);
        int count = 0;
        while (!quarantine.isFull()) {
            quarantine.enter(count++, kind);
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
    void eachBlockTakesItsOwnSizeAlong() {
        quarantine.enter(1, Magazines.kindFor(16));
        quarantine.enter(2, Magazines.kindFor(4096));
        quarantine.enter(3, Magazines.kindFor(320));
        assertThat(quarantine.byteSize()).isEqualTo(16 + 4096 + 320);
        quarantine.leave();
        assertThat(quarantine.byteSize()).isEqualTo(4096 + 320);
        quarantine.leave();
        assertThat(quarantine.byteSize()).isEqualTo(320);
        assertThat(quarantine.metadataByteSize()).isGreaterThanOrEqualTo(Quarantine.LENGTH * 6);
    }
}
