package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class PlatformTest {

    @Test
    void thisHostIsSupported() {
        assertThatCode(Platform::requireSupported).doesNotThrowAnyException();
    }

    @Test
    void bothArchitecturesAreKnownUnderTheNamesThatJdksUse() {
        assertThat(new Platform("Linux", "amd64", 64, 25).architecture()).contains(Platform.Architecture.X86_64);
        assertThat(new Platform("Linux", "aarch64", 64, 25).architecture()).contains(Platform.Architecture.AARCH64);
        assertThat(new Platform("Linux", "aarch64", 64, 26).refusal()).isEmpty();
    }

    @Test
    void anotherSystemIsRefusedByName() {
        assertThat(new Platform("Mac OS X", "aarch64", 64, 25).refusal())
                .contains("Ashlar runs on Linux only, and this is Mac OS X.");
    }

    @Test
    void a32BitJvmIsRefused() {
        assertThat(new Platform("Linux", "x86", 32, 25).refusal())
                .contains("Ashlar needs a 64-bit JVM, and this one has 32 bits.");
    }

    @Test
    void anotherArchitectureIsRefusedByName() {
        assertThat(new Platform("Linux", "riscv64", 64, 25).refusal())
                .contains("Ashlar runs on x86-64 and AArch64, and this is riscv64.");
    }

    @Test
    void anOldJdkIsRefusedByVersion() {
        assertThat(new Platform("Linux", "amd64", 64, 24).refusal())
                .contains("Ashlar needs JDK 25 or later, and this is JDK 24.");
    }

    @Test
    void aCLibraryWithoutAFunctionIsRefusedByTheFunctionsName() {
        assertThat(UnsupportedPlatformException.missingSymbol("fallocate")).hasMessage(
                "Ashlar needs a C library that has fallocate(), and this one does not: use glibc or musl.");
    }
}
