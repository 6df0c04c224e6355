package dev.ashlar.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Platform;
import org.junit.jupiter.api.Test;

/** A host on which no heap can run is refused before the first allocation, with the reason. */
class HostCheckTest {
    @Test
    void unknownArchitecturesAreRefused() {
        assertThatThrownBy(() -> HostCheck.requireCodeArchitecture(new Platform("Linux", "aarch64", 64, 25)))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessage("CodeHeap runs on x86-64 only, and this is aarch64: other architectures need"
                        + " instruction-cache maintenance.");
        assertThatThrownBy(() -> HostCheck.requireCodeArchitecture(new Platform("Linux", "riscv64", 64, 25)))
                .isInstanceOf(UnsupportedHostException.class);
        assertThatCode(() -> HostCheck.requireCodeArchitecture(new Platform("Linux", "x86_64", 64, 25)))
                .doesNotThrowAnyException();
    }

    @Test
    void otherBasePagesAreRefused() {
        assertThatThrownBy(() -> HostCheck.requirePages(65_536))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessage(
                        "Ashlar needs base pages of 4096 bytes, and this kernel has pages of 65536 bytes.");
    }

    @Test
    void anUnknownPageSizeIsRefused() {
        FaultyCalls calls = new FaultyCalls(Libc.system()).failAll("sysconf", Errno.EINVAL);
        assertThatThrownBy(() -> HostCheck.require(calls))
                .isInstanceOf(UnsupportedHostException.class);
        assertThat(calls.calls()).hasSize(1);
    }
}
