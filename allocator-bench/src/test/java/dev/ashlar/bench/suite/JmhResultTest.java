package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: what JMH wrote is read right, and what it did not write is not taken for a figure. */
final class JmhResultTest {

    @Test
    void theMedianOverTheIterationsOfAllForksCounts() {
        assertThat(JmhResult.parse(run("ns/op", "[[10.0, 90.0, 12.0], [11.0, 13.0]]"))).isEqualTo(12);
    }

    @Test
    void anotherUnitIsNotTakenForNanoseconds() {
        assertThatThrownBy(() -> JmhResult.parse(run("us/op", "[[1.0]]")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nanoseconds per operation are wanted: unit=us/op");
    }

    @Test
    void twoBenchmarksAreNotOne() {
        String one = run("ns/op", "[[1.0]]");
        String two = one.replace("]\n", ",") + one.substring(1);

        assertThatThrownBy(() -> JmhResult.parse(two)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[{}]", "[1]", "not JSON", "[{\"primaryMetric\": {}}]"})
    void whatIsNoResultIsSaidToBeNone(String text) {
        assertThatThrownBy(() -> JmhResult.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String run(String unit, String rawData) {
        return """
                [{"benchmark": "a.B.c", "mode": "avgt",
                  "primaryMetric": {"score": 99.0, "scoreUnit": "%s", "rawData": %s}}]
                """.formatted(unit, rawData);
    }
}
