package dev.ashlar.tool.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: one disturbed measurement does not move what is quoted. */
final class SpreadTest {

    @Test
    void theMiddleOfAnOddNumberIsTheMedian() {
        assertThat(Spread.of(List.of(900.0, 3.0, 5.0))).isEqualTo(new Spread(5, 3, 900));
    }

    @Test
    void ofAnEvenNumberItIsTheMeanOfTheMiddleTwo() {
        assertThat(Spread.of(List.of(8.0, 1.0, 2.0, 4.0))).isEqualTo(new Spread(3, 1, 8));
    }

    @Test
    void nothingHasNoMedian() {
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWideRangeIsShown() {
        assertThat(new Spread(100, 99, 101).text("ns")).isEqualTo("100");
        assertThat(new Spread(100, 90, 130).text("ns")).isEqualTo("100 (90.0-130)");
    }
}
