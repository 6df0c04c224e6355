package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AddressRangeTest {

    private final AddressRange range = new AddressRange(0x1000, 0x3000);

    @Test
    void theEndIsOutside() {
        assertThat(range.contains(0x1000)).isTrue();
        assertThat(range.contains(0x2fff)).isTrue();
        assertThat(range.contains(0x3000)).isFalse();
        assertThat(range.contains(0xfff)).isFalse();
    }

    @Test
    void neighboursDoNotOverlap() {
        assertThat(range.overlaps(new AddressRange(0x3000, 0x4000))).isFalse();
        assertThat(range.overlaps(new AddressRange(0, 0x1000))).isFalse();
        assertThat(range.overlaps(new AddressRange(0x2fff, 0x3000))).isTrue();
        assertThat(range.overlaps(new AddressRange(0x2000, 0x2000))).isFalse();
    }

    @Test
    void aRangeContainsItselfAndNothingThatExtendsBeyondIt() {
        assertThat(range.contains(range)).isTrue();
        assertThat(range.contains(new AddressRange(0x1000, 0x3001))).isFalse();
        assertThat(range.contains(new AddressRange(0xfff, 0x3000))).isFalse();
    }

    @Test
    void aReversedRangeIsRefused() {
        assertThatThrownBy(() -> new AddressRange(2, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("range ends before it starts: start=0x2, end=0x1");
    }

    @Test
    void rangesAreOrderedAsUnsignedNumbers() {
        assertThat(new AddressRange(-4096, -1)).isGreaterThan(range);
    }
}
