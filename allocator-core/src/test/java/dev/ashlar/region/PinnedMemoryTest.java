package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeHeap;
import dev.ashlar.host.HardenedCell;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.MemoryFiles;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.TestLinux;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a pinned heap returns its memory in the only possible way; docs/hardening.md has the table. Method: the test
 * tries all ways on one region, and last the one that works.
 */
class PinnedMemoryTest {
    private static final long REGION = 2 << 20;

    private final SystemCalls kernel = Libc.system();

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.ashlar.host.HardenedCell#pinned")
    void onlyTruncationGivesTheMemoryBack(HardenedCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap =
                        cell.builder().capacity(REGION).name("stays").build()) {
            long alias = heap.report().writableAddress();
            int path = MemoryFiles.descriptorsOf("stays").getFirst();
            int fd = kernel.open("/proc/self/fd/" + path, Linux.O_RDWR | Linux.O_CLOEXEC);
            int punch = Linux.FALLOC_FL_PUNCH_HOLE | Linux.FALLOC_FL_KEEP_SIZE;
            int fixed = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_FIXED;

            assertThat(kernel.munmap(alias, REGION)).isEqualTo(-Errno.EPERM);
            assertThat(kernel.mmap(alias, REGION, Linux.PROT_NONE, fixed, -1, 0)).isEqualTo(-Errno.EPERM);
            assertThat(kernel.fallocate(fd, punch, 0, REGION)).isEqualTo(-Errno.EPERM);
            assertThat(kernel.madvise(alias, REGION, TestLinux.MADV_REMOVE)).isEqualTo(-Errno.EPERM);
            assertThat(kernel.madvise(alias, REGION, TestLinux.MADV_FREE)).isEqualTo(-Errno.EINVAL);
            assertThat(kernel.madvise(alias, REGION, TestLinux.MADV_DONTNEED)).isZero();
            assertThat(kernel.ftruncate(fd, 2 * REGION)).isEqualTo(-Errno.EPERM);
            assertThat(MemoryFiles.allocatedByteSize(fd)).isEqualTo(REGION);

            assertThat(kernel.ftruncate(fd, 0)).isZero();
            assertThat(MemoryFiles.allocatedByteSize(fd)).isZero();
            assertThat(kernel.ftruncate(fd, REGION)).isEqualTo(-Errno.EPERM);
            kernel.close(fd);
        }
    }
}
