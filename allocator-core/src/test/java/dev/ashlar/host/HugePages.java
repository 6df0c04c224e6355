package dev.ashlar.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.stubs.HugePageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A test's hold on the machine's huge pages, until {@link #close()}.
 *
 * <p>The hugetlb pool is one for the machine, so the tests that use it take turns, across JVMs, by a lock on a file. If
 * the host lacks what a test needs, the test is skipped with the reason, or fails if {@code ashlar.hugepages.required}
 * is set.
 */
public final class HugePages implements AutoCloseable {
    private static final String LOCK_NAME = "ashlar-hugepages-test.lock";

    private final FileLock lock;

    private HugePages(FileLock lock) {
        this.lock = lock;
    }

    /**
     * Continues only if the host can build a heap of this kind; for {@link MemoryDemand#HUGETLB}, of {@code
     * regionCount} regions. {@link MemoryDemand#AUTO} needs nothing, but locks the pool too.
     */
    public static HugePages need(MemoryDemand memory, int regionCount) {
        HugePages pages = new HugePages(lock());
        try {
            switch (memory) {
                case HUGETLB -> requirePool(regionCount);
                case THP, SHMEM_THP -> requireTransparent();
                case AUTO, SMALL -> {
                    // Every host has small pages.
                }
            }
            return pages;
        } catch (RuntimeException | Error lacking) {
            pages.close();
            throw lacking;
        }
    }

    /** Works as {@link #need}, for a heap of data. */
    public static HugePages needForData(MemoryDemand memory, int regionCount) {
        if (memory != MemoryDemand.THP) {
            return need(memory, regionCount);
        }
        HugePages pages = new HugePages(lock());
        try {
            DataHeap.builder().memory(memory).capacity(1).build().close();
            return pages;
        } catch (BackingUnavailableException lacking) {
            pages.close();
            requireHost(false, String.valueOf(lacking.getMessage()));
            throw lacking;
        }
    }

    private static void requirePool(int regionCount) {
        long available = pool().available();
        requireHost(
                available >= regionCount,
                "needs " + regionCount + " hugetlb pages, and " + available
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

    /** {@return the machine's pool of 2 MiB pages; all zero if the kernel has none} */
    public static HugePageSettings.Pool pool() {
        return HugePageSettings.read().pool().orElseGet(() -> new HugePageSettings.Pool(0, 0, 0, 0, 0));
    }

    private static FileLock lock() {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), LOCK_NAME);
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).lock();
        } catch (IOException e) {
            throw new UncheckedIOException("locking " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.acquiredBy().close();
        } catch (IOException e) {
            throw new UncheckedIOException("unlocking " + LOCK_NAME, e);
        }
    }
}
