package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: nobody is said to have had huge pages, or none, whom the host did not let. */
final class HugePageWordsTest {

    @ParameterizedTest
    @CsvSource({"never,THP off on this host,THP off", "madvise,THP on,THP off",
        "always,THP on,THP on for all on this host"})
    void theHostsSwitchDecides(String enabled, String asked, String notAsked) {
        assertThat(HugePageWords.asked(enabled)).isEqualTo(asked);
        assertThat(HugePageWords.notAsked(enabled)).isEqualTo(notAsked);
    }
}
