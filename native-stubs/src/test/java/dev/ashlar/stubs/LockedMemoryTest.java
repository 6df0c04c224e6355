package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LockedMemoryTest {

    @Test
    void limitAndUseAreReadFromTheKernelsTables() {
        LockedMemory locked = LockedMemory.parse(
                "Max locked memory         8388608              unlimited            bytes\n",
                "VmPin:\t       3 kB\nVmLck:\t    2048 kB\n");
        assertThat(locked).isEqualTo(
                new LockedMemory(new HostFacts.Limit(8_388_608, HostFacts.Limit.UNLIMITED), 2 << 20));
        assertThat(LockedMemory.parse("", ""))
                .isEqualTo(new LockedMemory(
                        new HostFacts.Limit(HostFacts.Limit.UNLIMITED, HostFacts.Limit.UNLIMITED), 0));
    }

    @Test
    void textWithoutANumberCountsAsNoLimitAndNothingLocked() {
        assertThat(LockedMemory.parse("Max locked memory\n", "VmLck:\t kB\n")).isEqualTo(LockedMemory.parse("", ""));
        assertThat(LockedMemory.parse("Max locked memory  some more\n", "VmLck: 1 MB\n"))
                .isEqualTo(LockedMemory.parse("", ""));
    }

    @Test
    void theLimitIsThatOfTheProcess() {
        assertThat(LockedMemory.read().limit()).isEqualTo(HostFacts.ofProc("test").lockedMemory());
    }
}
