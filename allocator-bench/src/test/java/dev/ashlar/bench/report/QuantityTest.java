package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.figures.Spread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: three digits that mean something, whatever the size. */
final class QuantityTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"5.4321|ns|5.43 ns", "54.321|ns|54.3 ns", "543.21|ns|543 ns",
        "31312.4|ns|31,312 ns", "498943|ns|499 us", "29720575|ns|29.7 ms", "1.0704|x|1.070 x", "0.412|%|0.41 %"})
    void figuresKeepWhatMatters(double value, String unit, String text) {
        assertThat(Quantity.text(value, unit)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.0203,0.0203", "0.5549,0.55", "12.3,12.30"})
    void smallRatiosKeepFourPlaces(double ratio, String text) {
        assertThat(Quantity.ratio(ratio)).isEqualTo(text);
    }

    @Test
    void aRangeIsShownWhereItIsWide() {
        assertThat(Quantity.withRange(new Spread(100, 99, 101), "ns")).isEqualTo("100");
        assertThat(Quantity.withRange(new Spread(100, 90, 130), "ns")).isEqualTo("100 (90.0-130)");
    }
}
