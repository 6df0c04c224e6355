package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: results say which contenders can have transparent huge pages on this host. */
final class ContendersTest {

    @ParameterizedTest
    @CsvSource({"never,THP off on this host,THP off", "madvise,THP on,THP off",
        "always,THP on,THP on for all on this host"})
    void theHostsSwitchDecides(String enabled, String requested, String notRequested) {
        assertThat(Contenders.hugePages(enabled)).isEqualTo(requested);
        assertThat(Contenders.smallPages(enabled)).isEqualTo(notRequested);
    }
}
