package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Goal: a row's place along an axis follows from its id. */
final class RowNumberTest {

    @Test
    void thousandsAndMillionsAreSpelled() {
        assertThat(RowNumber.of("pair-data-64")).hasValue(64);
        assertThat(RowNumber.of("replace-code-10k")).hasValue(10_000);
        assertThat(RowNumber.of("replace-code-1m")).hasValue(1_000_000);
    }

    @Test
    void anIdWithoutANumberHasNone() {
        assertThat(RowNumber.of("pair-data-64-2t")).isEmpty();
        assertThat(RowNumber.of("remote-data")).isEmpty();
        assertThat(RowNumber.of("memory-data-1m.grown")).isEmpty();
    }
}
