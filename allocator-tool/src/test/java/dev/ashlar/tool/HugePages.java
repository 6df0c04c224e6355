package dev.ashlar.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The huge pages that a test needs, reserved until {@link #close()}: the machine has one pool, and the tests of all
 * modules take turns by a lock on one file.
 *
 * <p>If the host lacks what a test needs, the test is skipped with the reason, or fails if
 * {@code ashlar.hugepages.required} says that the host must have it.
 */
public final class HugePages implements AutoCloseable {

    /** Also the name that the tests of allocator-core use. */
    private static final String LOCK_NAME = "ashlar-hugepages-test.lock";

    /** The need of the largest test here. */
    private static final int POOL_PAGE_COUNT = 16;

    private static final long PAGE_BYTE_SIZE = 2L << 20;

    private final FileLock lock;

    private HugePages(FileLock lock) {
        this.lock = lock;
    }

    /** Continues only if the host can provide a heap of this kind. */
    public static HugePages need(MemoryDemand memory) {
        HugePages pages = new HugePages(lock());
        try {
            switch (memory) {
                case HUGETLB -> requirePool();
                case THP, SHMEM_THP -> requireTransparent();
                case AUTO, SMALL -> {
                    // Every host has them.
                }
            }
            return pages;
        } catch (RuntimeException | Error lacking) {
            pages.close();
            throw lacking;
        }
    }

    /** Takes the rest of the pool until the result is closed. */
    public AutoCloseable drain() {
        SystemCalls calls = Libc.system();
        int fd = calls.memfdCreate("drain", Linux.MFD_CLOEXEC | Linux.MFD_HUGETLB | Linux.MFD_HUGE_2MB);
        // One by one: another process may take one between a look at the pool and the call.
        int result = 0;
        for (long page = 0; result == 0; page++) {
            result = calls.fallocate(fd, 0, page * PAGE_BYTE_SIZE, PAGE_BYTE_SIZE);
        }
        assertThat(result).isEqualTo(-Errno.ENOSPC);
        return () -> calls.close(fd);
    }

    @Override
    public void close() {
        try {
            lock.acquiredBy().close();
        } catch (IOException failed) {
            throw new UncheckedIOException("unlocking " + LOCK_NAME, failed);
        }
    }

    private static long available() {
        return HugePageSettings.read().pool().map(HugePageSettings.Pool::available).orElse(0L);
    }

    private static void requirePool() {
        long available = available();
        requireHost(available >= POOL_PAGE_COUNT, "needs " + POOL_PAGE_COUNT + " hugetlb pages, and " + available
                + " are available: sudo sysctl vm.nr_hugepages=64");
    }

    private static void requireTransparent() {
        try {
            CodeHeap.builder().memory(MemoryDemand.THP).capacity(1).build().close();
        } catch (BackingUnavailableException lacking) {
            requireHost(false, String.valueOf(lacking.getMessage()));
        }
    }

    private static void requireHost(boolean fulfilled, String lack) {
        if (Boolean.getBoolean("ashlar.hugepages.required") && !fulfilled) {
            throw new AssertionError(lack);
        }
        assumeTrue(fulfilled, lack);
    }

    private static FileLock lock() {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), LOCK_NAME);
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).lock();
        } catch (IOException failed) {
            throw new UncheckedIOException("locking " + file, failed);
        }
    }
}
