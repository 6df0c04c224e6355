package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: only a result of one benchmark in nanoseconds becomes a figure. */
final class JmhForkTest {

    @Test
    void theMedianOverTheIterationsOfAllForksCounts() {
        assertThat(JmhFork.nanos(run("ns/op", "[[10.0, 90.0, 12.0], [11.0, 13.0]]"))).isEqualTo(12);
    }

    @Test
    void anotherUnitIsRefused() {
        assertThatThrownBy(() -> JmhFork.nanos(run("us/op", "[[1.0]]")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected nanoseconds per operation: unit=us/op");
    }

    @Test
    void twoBenchmarksAreRefused() {
        String one = run("ns/op", "[[1.0]]");
        String two = one.replace("]\n", ",") + one.substring(1);

        assertThatThrownBy(() -> JmhFork.nanos(two)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[{}]", "[1]", "not JSON", "[{\"primaryMetric\": {}}]"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> JmhFork.nanos(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String run(String unit, String rawData) {
        return """
                [{"benchmark": "a.B.c", "mode": "avgt",
                  "primaryMetric": {"score": 99.0, "scoreUnit": "%s", "rawData": %s}}]
                """.formatted(unit, rawData);
    }
}
