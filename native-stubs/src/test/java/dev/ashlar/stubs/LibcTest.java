package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each call works against the kernel of this host. No test needs a huge page. */
class LibcTest {

    private static final long PAGE = 4096;
    private static final int ANONYMOUS = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS;
    private static final int READ_WRITE = Linux.PROT_READ | Linux.PROT_WRITE;

    private final SystemCalls calls = Libc.system();

    @Test
    void aMappedPageHoldsWhatIsWrittenAndCanBeMadeReadOnlyAndUnmapped() {
        long address = map(PAGE, READ_WRITE);
        page(address).set(ValueLayout.JAVA_LONG, 0, 0x0123456789abcdefL);

        assertThat(calls.mprotect(address, PAGE, Linux.PROT_READ)).isZero();

        assertThat(page(address).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(0x0123456789abcdefL);
        assertThat(permissionsAt(address)).isEqualTo("r--p");
        assertThat(calls.munmap(address, PAGE)).isZero();
        assertThat(ProcessMaps.readWithin(List.of(AddressRange.ofSize(address, PAGE))).count()).isZero();
    }

    @Test
    void aMappingReplacesNoOtherIfTheFlagForbidsIt() {
        long address = map(PAGE, Linux.PROT_NONE);

        assertThat(calls.mmap(address, PAGE, READ_WRITE, ANONYMOUS | Linux.MAP_FIXED_NOREPLACE, -1, 0))
                .isEqualTo(-Errno.EEXIST);

        assertThat(calls.munmap(address, PAGE)).isZero();
    }

    @Test
    void adviceReachesTheKernel() {
        long address = map(PAGE, READ_WRITE);
        page(address).set(ValueLayout.JAVA_LONG, 0, 42);

        assertThat(calls.madvise(address, PAGE, TestLinux.MADV_DONTNEED)).isZero();

        assertThat(page(address).get(ValueLayout.JAVA_LONG, 0)).isZero();
        assertThat(calls.madvise(address, PAGE, 9999)).isEqualTo(-Errno.EINVAL);
        assertThat(calls.munmap(address, PAGE)).isZero();
    }

    @Test
    void remappingMovesThePageToTheRequestedAddress() {
        long from = map(PAGE, READ_WRITE);
        long to = map(PAGE, Linux.PROT_NONE);
        page(from).set(ValueLayout.JAVA_LONG, 8, 7);

        long moved = calls.mremap(from, PAGE, PAGE, Linux.MREMAP_MAYMOVE | Linux.MREMAP_FIXED, to);

        assertThat(moved).isEqualTo(to);
        assertThat(page(to).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(7);
        assertThat(ProcessMaps.readWithin(List.of(AddressRange.ofSize(from, PAGE))).count()).isZero();
        assertThat(calls.munmap(to, PAGE)).isZero();
    }

    /** The sealed page stays until this JVM ends, as it should. */
    @Test
    void aSealedPageCanNeitherBeUnmappedNorMadeWritable() {
        long address = map(PAGE, Linux.PROT_READ);
        int sealed = calls.mseal(address, PAGE);
        if (sealed == -Errno.ENOSYS) {
            // Before Linux 6.10 the page is an ordinary one. The test shows this instead.
            assertThat(calls.munmap(address, PAGE)).isZero();
            return;
        }

        assertThat(sealed).isZero();
        assertThat(calls.mprotect(address, PAGE, READ_WRITE)).isEqualTo(-Errno.EPERM);
        assertThat(calls.munmap(address, PAGE)).isEqualTo(-Errno.EPERM);
    }

    @Test
    void aMemoryFileKeepsItsSealsAndIsSeenThroughTwoMappings() {
        int fd = calls.memfdCreate("ashlar-test", Linux.MFD_CLOEXEC | Linux.MFD_ALLOW_SEALING);
        assertThat(fd).isPositive();
        assertThat(calls.fcntl(fd, TestLinux.F_GETFD, 0)).isEqualTo(TestLinux.FD_CLOEXEC);
        assertThat(calls.ftruncate(fd, 2 * PAGE)).isZero();
        long writable = calls.mmap(0, PAGE, READ_WRITE, Linux.MAP_SHARED, fd, PAGE);
        long executable = calls.mmap(0, PAGE, Linux.PROT_READ | Linux.PROT_EXEC, Linux.MAP_SHARED, fd, PAGE);
        page(writable).set(ValueLayout.JAVA_INT, 0, 0xc3);

        assertThat(page(executable).get(ValueLayout.JAVA_INT, 0)).isEqualTo(0xc3);
        assertThat(calls.fcntl(fd, Linux.F_ADD_SEALS, Linux.F_SEAL_SHRINK | Linux.F_SEAL_FUTURE_WRITE)).isZero();
        assertThat(calls.fcntl(fd, TestLinux.F_GET_SEALS, 0))
                .isEqualTo(Linux.F_SEAL_SHRINK | Linux.F_SEAL_FUTURE_WRITE);
        assertThat(calls.ftruncate(fd, PAGE)).isEqualTo(-Errno.EPERM);
        assertThat(calls.mmap(0, PAGE, READ_WRITE, Linux.MAP_SHARED, fd, 0)).isEqualTo(-Errno.EPERM);
        assertThat(calls.munmap(writable, PAGE)).isZero();
        assertThat(calls.munmap(executable, PAGE)).isZero();
        assertThat(calls.close(fd)).isZero();
    }

    /** It is locked, has one size and no holes, and is never executable, so the allocator has one for each region. */
    @Test
    void aSecretFileKeepsWhatIsWrittenAndRefusesMuch() {
        int fd = calls.memfdSecret(Linux.O_CLOEXEC);
        assumeTrue(fd >= 0, () -> "needs memfd_secret(2): " + Errno.describe(fd));
        assertThat(calls.fcntl(fd, TestLinux.F_GETFD, 0)).isEqualTo(TestLinux.FD_CLOEXEC);
        assertThat(calls.ftruncate(fd, 2 * PAGE)).isZero();
        assertThat(calls.ftruncate(fd, 3 * PAGE)).isEqualTo(-Errno.EINVAL);
        assertThat(calls.fallocate(fd, Linux.FALLOC_FL_PUNCH_HOLE | Linux.FALLOC_FL_KEEP_SIZE, 0, PAGE)).isNegative();
        long lockedBefore = LockedMemory.read().byteSize();
        long address = calls.mmap(0, 2 * PAGE, READ_WRITE, Linux.MAP_SHARED, fd, 0);
        assertThat(Errno.isFailure(address)).isFalse();
        assertThat(LockedMemory.read().byteSize()).isEqualTo(lockedBefore + 2 * PAGE);
        assertThat(calls.close(fd)).isZero();

        page(address).set(ValueLayout.JAVA_LONG, 0, 42);

        assertThat(page(address).get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
        assertThat(calls.madvise(address, PAGE, Linux.MADV_POPULATE_WRITE)).isEqualTo(-Errno.EINVAL);
        assertThat(calls.mprotect(address, PAGE, Linux.PROT_READ | Linux.PROT_EXEC)).isEqualTo(-Errno.EACCES);
        assertThat(calls.munmap(address, 2 * PAGE)).isZero();
        assertThat(calls.memfdSecret(1)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void fallocateGivesMemoryToAFileAndAPunchedHoleReleasesIt() {
        int fd = calls.memfdCreate("ashlar-test", Linux.MFD_CLOEXEC);
        assertThat(calls.fallocate(fd, 0, 0, PAGE)).isZero();
        long address = calls.mmap(0, PAGE, READ_WRITE, Linux.MAP_SHARED, fd, 0);
        page(address).set(ValueLayout.JAVA_LONG, 0, 42);

        assertThat(calls.fallocate(fd, Linux.FALLOC_FL_PUNCH_HOLE | Linux.FALLOC_FL_KEEP_SIZE, 0, PAGE)).isZero();

        assertThat(page(address).get(ValueLayout.JAVA_LONG, 0)).isZero();
        assertThat(calls.munmap(address, PAGE)).isZero();
        assertThat(calls.close(fd)).isZero();
    }

    /** One page more than the pool has is never available: the result is an error, not a signal. */
    @Test
    void aRequestForMoreHugePagesThanThePoolHasIsRefusedWithoutASignal() {
        int fd = calls.memfdCreate("ashlar-test", Linux.MFD_CLOEXEC | Linux.MFD_HUGETLB | Linux.MFD_HUGE_2MB);
        if (Errno.isFailure(fd)) {
            // A kernel without hugetlb must return one of these errors. It has no pool.
            assertThat(Errno.of(fd).number()).isIn(Errno.ENOSYS, Errno.EINVAL, Errno.ENODEV, Errno.ENOENT);
            return;
        }
        HugePageSettings.Pool pool = HugePageSettings.read().pool().orElseThrow();
        long tooMany = (pool.total() + pool.overcommitMax() + 1) * (2L << 20);

        assertThat(calls.fallocate(fd, 0, 0, tooMany)).isIn(-Errno.ENOSPC, -Errno.ENOMEM);

        assertThat(calls.close(fd)).isZero();
    }

    @Test
    void aFileIsOpenedReadAtAnOffsetAndClosedOnce() {
        int fd = calls.open("/proc/self/comm", Linux.O_RDONLY | Linux.O_CLOEXEC);
        assertThat(fd).isPositive();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(16);
            assertThat(calls.pread(fd, buffer.address(), 16, 0)).isPositive();
            assertThat(buffer.get(ValueLayout.JAVA_BYTE, 0)).isNotZero();
        }
        assertThat(calls.close(fd)).isZero();
        assertThat(calls.close(fd)).isEqualTo(-Errno.EBADF);
        assertThat(calls.open("/no/such/file", Linux.O_RDONLY)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void membarrierReportsItsCommandsAndRefusesAnUnknownOne() {
        int commands = calls.membarrier(TestLinux.MEMBARRIER_CMD_QUERY, 0);

        assertThat(commands & TestLinux.MEMBARRIER_CMD_PRIVATE_EXPEDITED).isNotZero();
        assertThat(calls.membarrier(TestLinux.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0)).isZero();
        assertThat(calls.membarrier(TestLinux.MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0)).isZero();
        assertThat(calls.membarrier(1 << 30, 0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void prctlPassesAPointer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(16);
            assertThat(calls.prctl(TestLinux.PR_GET_NAME, name.address(), 0, 0, 0)).isZero();
            assertThat(name.getString(0)).isNotEmpty();
        }
        assertThat(calls.prctl(-1, 0, 0, 0, 0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void theKernelRefusesIoctlOnAFileThatHasNone() {
        int fd = calls.memfdCreate("ashlar-test", Linux.MFD_CLOEXEC);

        assertThat(calls.ioctl(fd, 0xC0606610L, 0)).isEqualTo(-Errno.ENOTTY);

        assertThat(calls.close(fd)).isZero();
    }

    @Test
    void sysconfKnowsThePageSizeAndRefusesAnUnknownName() {
        assertThat(calls.sysconf(Linux.SC_PAGESIZE)).isEqualTo(HostFacts.ofProc("test").pageByteSize());
        assertThat(calls.sysconf(TestLinux.SC_NPROCESSORS_ONLN)).isPositive();
        assertThat(calls.sysconf(-5)).isEqualTo(-1);
    }

    private long map(long byteSize, int protection) {
        long address = calls.mmap(0, byteSize, protection, ANONYMOUS, -1, 0);
        assertThat(Errno.isFailure(address)).as("mmap").isFalse();
        return address;
    }

    private static String permissionsAt(long address) {
        return ProcessMaps.readWithin(List.of(AddressRange.ofSize(address, PAGE))).mappings().getFirst()
                .permissions();
    }

    @SuppressWarnings("restricted")
    private static MemorySegment page(long address) {
        return MemorySegment.ofAddress(address).reinterpret(PAGE);
    }
}
