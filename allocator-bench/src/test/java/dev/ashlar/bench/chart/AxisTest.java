package dev.ashlar.bench.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Goal: positions match the labels of the axis. */
final class AxisTest {

    @Test
    void equalRatiosHaveEqualDistances() {
        Axis axis = Axis.logarithmic(DoubleStream.of(30, 31_000));

        assertThat(axis.ticks()).containsExactly(10.0, 100.0, 1_000.0, 10_000.0, 100_000.0);
        assertThat(axis.position(10)).isZero();
        assertThat(axis.position(1_000)).isCloseTo(0.5, within(1e-9));
        assertThat(axis.position(100_000)).isEqualTo(1);
    }

    @Test
    void equalDifferencesHaveEqualDistances() {
        Axis axis = Axis.linear(1, DoubleStream.of(1.05, 3.25));

        assertThat(axis.ticks()).containsExactly(1.0, 1.5, 2.0, 2.5, 3.0, 3.5);
        assertThat(axis.position(2.25)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void valuesOutsideAreMovedToTheEdge() {
        Axis axis = Axis.linear(1, DoubleStream.of(2));

        assertThat(axis.position(0.97)).isZero();
        assertThat(Axis.logarithmic(DoubleStream.of(5)).position(0)).isZero();
    }

    @Test
    void oneValueOrNoneHasAnAxis() {
        assertThat(Axis.logarithmic(DoubleStream.of(100)).ticks()).containsExactly(100.0, 1_000.0);
        assertThat(Axis.logarithmic(DoubleStream.empty()).ticks()).isNotEmpty();
        assertThat(Axis.linear(1, DoubleStream.of(1)).ticks()).hasSizeBetween(2, 8);
    }

    @Test
    void labelsAreShort() {
        assertThat(Axis.label(1_000_000)).isEqualTo("1M");
        assertThat(Axis.label(2_500)).isEqualTo("2.5k");
        assertThat(Axis.label(0.25)).isEqualTo("0.25");
        assertThat(Axis.label(10)).isEqualTo("10");
    }
}
