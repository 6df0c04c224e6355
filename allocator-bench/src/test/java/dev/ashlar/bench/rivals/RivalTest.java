package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: a rival that is not there is said, with the reason, and breaks nothing. */
final class RivalTest {

    static List<Rival> all() {
        return Rival.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatNeedsNothingIsAvailableAndTheOthersSayWhyNot(Rival rival) {
        switch (rival.availability()) {
            case Availability.Here() -> assertThat(rival.needs()).isNotBlank();
            case Availability.InChild(Map<String, String> environment) ->
                    assertThat(environment).isNotEmpty().isEqualTo(rival.environment());
            case Availability.Unavailable(String reason) -> {
                assertThat(rival.needs()).isNotEqualTo("nothing");
                assertThat(reason).contains(rival.needs());
            }
        }
    }

    @Test
    void whatNoHostHasIsUnavailableWithTheLoadersReasonAndTheRemedy() {
        Availability availability = Rival.tryOut(() -> {
            SharedLibrary.open("libashlar-no-such.so", "a library (apt-get install one)");
            throw new AssertionError("it was there");
        }, Map.of());

        assertThat(availability).isInstanceOfSatisfying(Availability.Unavailable.class, unavailable -> assertThat(
                unavailable.reason()).contains("libashlar-no-such.so: cannot open shared object file")
                .endsWith("Needs a library (apt-get install one)"));
    }

    @Test
    void aLibraryWithoutTheFunctionIsUnavailable() {
        SharedLibrary library = SharedLibrary.open("libc.so.6", "glibc");

        assertThat(library.function("malloc").address()).isNotZero();
        assertThatThrownBy(() -> library.function("ashlar_no_such"))
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("libc.so.6 has no function ashlar_no_such");
    }

    @Test
    void whatThisJvmLacksTheEnvironmentForIsAvailableInAChild() {
        Map<String, String> environment = Map.of("KEY", "value");

        assertThat(Rival.tryOut(() -> {
            throw RivalUnavailableException.inThisJvm("no room");
        }, environment)).isEqualTo(new Availability.InChild(environment));
    }

    @Test
    void whatFailsOtherwiseIsUnavailableToo() {
        assertThat(Rival.tryOut(() -> {
            throw new UnsatisfiedLinkError("no stub");
        }, Map.of())).isEqualTo(new Availability.Unavailable("UnsatisfiedLinkError: no stub"));
    }

    @Test
    void anUnknownLabelIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> CodeRival.of("tcmalloc")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label=tcmalloc, known=ashlar mmap+mprotect jffi asmjit");
        assertThatThrownBy(() -> DataRival.of("tcmalloc")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label=tcmalloc, known=ashlar ashlar-arena malloc malloc-critical jemalloc");
    }
}
