package dev.ashlar.bench.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Goal: a probe rejects wrong arguments. */
final class ArgumentsTest {

    @Test
    void valuesAreTakenByName() {
        Arguments arguments = Arguments.of("memory=jemalloc", "live=100");

        assertThat(arguments.word("memory")).isEqualTo("jemalloc");
        assertThat(arguments.number("live")).isEqualTo(100);
    }

    @Test
    void aMissingOrMalformedArgumentIsNamed() {
        assertThatThrownBy(() -> Arguments.of("a=1").word("b")).hasMessage("missing argument b=VALUE");
        assertThatThrownBy(() -> Arguments.of("a")).hasMessage("expected name=value but was 'a'");
    }
}
