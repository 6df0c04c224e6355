package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelReleaseTest {

    @Test
    void readsTheNumbersAtTheStart() {
        assertThat(KernelRelease.parse("6.1.0-44-amd64")).isEqualTo(new KernelRelease(6, 1));
        assertThat(KernelRelease.parse("5.10.0")).hasToString("5.10");
        assertThat(KernelRelease.parse("unknown")).isEqualTo(new KernelRelease(0, 0));
    }

    @Test
    void comparesByNumbersAndNotByText() {
        KernelRelease release = new KernelRelease(6, 12);
        assertThat(release.isAtLeast(6, 1)).isTrue();
        assertThat(release.isAtLeast(6, 12)).isTrue();
        assertThat(release.isAtLeast(5, 15)).isTrue();
        assertThat(release.isAtLeast(6, 13)).isFalse();
        assertThat(release.isAtLeast(7, 0)).isFalse();
    }

    @Test
    void theRunningKernelHasARelease() {
        assertThat(KernelRelease.current().isAtLeast(5, 10)).isTrue();
    }
}
