package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.bench.rivals.Rival.Kind;
import dev.ashlar.tool.memory.BlockMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: a rival that is not on this host is reported with the reason and the remedy. */
final class RivalTest {

    @ParameterizedTest
    @EnumSource
    void aRivalOpensOrSaysWhatItNeeds(Rival rival) {
        try (BlockMemory memory = rival.open(1)) {
            assertThat(memory.allocate(0, 64)).isNotZero();
        } catch (RivalUnavailableException unavailable) {
            assertThat(unavailable).hasMessageContaining("Needs ").hasMessageContaining("apt-get install");
        }
    }

    @Test
    void aMissingLibraryIsUnavailableWithTheReasonOfTheLoader() {
        assertThatThrownBy(() -> SharedLibrary.open("libashlar-no-such.so", "a library (apt-get install one)"))
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessageContaining("libashlar-no-such.so: cannot open shared object file")
                .hasMessageEndingWith("Needs a library (apt-get install one)");
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
    void aLabelIsUniqueAmongOneKind() {
        for (Kind kind : Kind.values()) {
            assertThat(Rival.all(kind)).allSatisfy(rival -> assertThat(Rival.of(kind, rival.label())).isEqualTo(rival));
        }
    }

    @Test
    void anUnknownLabelIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Rival.of(Kind.CODE, "tcmalloc")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kind=CODE, label=tcmalloc, known=ashlar ashlar-unprepared mmap+mprotect");
        assertThatThrownBy(() -> Rival.of(Kind.DATA, "tcmalloc")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kind=DATA, label=tcmalloc, known=ashlar ashlar-unprepared ashlar-arena");
    }
}
