package dev.ashlar.tool.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: numbers read well and do not say more than is true. */
final class UnitsTest {

    @Test
    void bytesAreShownInTheUnitThatLeavesAFewDigits() {
        assertThat(Units.bytes(1023)).isEqualTo("1023 B");
        assertThat(Units.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Units.bytes(5_208_785)).isEqualTo("4.97 MiB");
    }

    @Test
    void timesAreShownInTheUnitThatLeavesAFewDigits() {
        assertThat(Units.nanos(143.24)).isEqualTo("143.2 ns");
        assertThat(Units.nanos(9_870)).isEqualTo("9.87 us");
    }

    @Test
    void almostAllIsNotShownAsAll() {
        assertThat(Units.percent(9_999, 10_000)).isEqualTo("99.9 %");
        assertThat(Units.percent(10_000, 10_000)).isEqualTo("100 %");
        assertThat(Units.percent(0, 0)).isEqualTo("100 %");
    }

    @Test
    void oneThingIsNotPlural() {
        assertThat(Units.count(1, "thread")).isEqualTo("1 thread");
        assertThat(Units.count(40_207, "thread")).isEqualTo("40,207 threads");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"5.4321|ns|5.43 ns", "54.321|ns|54.3 ns", "543.21|ns|543 ns",
        "31312.4|ns|31,312 ns", "498943|ns|499 us", "29720575|ns|29.7 ms", "1.0704|x|1.070 x", "0.412|%|0.41 %"})
    void aFigureHasThreeSignificantDigits(double value, String unit, String text) {
        assertThat(Units.figure(value, unit)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.0203,0.0203", "0.5549,0.55", "12.3,12.30"})
    void aSmallRatioHasFourDecimalPlaces(double ratio, String text) {
        assertThat(Units.ratio(ratio)).isEqualTo(text);
    }
}
