package dev.ashlar.stubs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Optional;

/**
 * Asks the kernel which parts of an address range are mapped by huge pages, exactly and without reading other VMAs: the
 * PAGEMAP_SCAN ioctl of {@code /proc/self/pagemap}, Linux 6.7 and later.
 *
 * <p>Huge means mapped by one entry of the page middle directory or by hugetlb, and present. The huge zero page, which
 * a read of untouched memory maps, does not count, as in smaps.
 *
 * <p>Thread-safe; one scan at a time. Holds one descriptor until {@link #close()}.
 */
public final class PagemapScan implements AutoCloseable {

    /** The unit in which {@link #hugeRegions} answers. */
    private static final long REGION_BYTES = 2L << 20;

    // linux/fs.h: _IOWR('f', 16, struct pm_scan_arg), whose twelve fields are 64 bits each.
    private static final long REQUEST = 0xC0606610L;
    private static final long ARGUMENT_BYTES = 96;
    private static final long ARGUMENT_SIZE = 0;
    private static final long ARGUMENT_START = 16;
    private static final long ARGUMENT_END = 24;
    private static final long ARGUMENT_WALK_END = 32;
    private static final long ARGUMENT_VECTOR = 40;
    private static final long ARGUMENT_VECTOR_LENGTH = 48;
    private static final long ARGUMENT_INVERTED = 64;
    private static final long ARGUMENT_REQUIRED = 72;
    private static final long ARGUMENT_RETURNED = 88;

    private static final long PAGE_IS_PRESENT = 1 << 3;
    private static final long PAGE_IS_ZERO = 1 << 5;
    private static final long PAGE_IS_HUGE = 1 << 6;

    // struct page_region: start, end, categories.
    private static final long FOUND_BYTES = 24;
    private static final long FOUND_END = 8;
    /** Ranges per ioctl. Neighbours are merged, so this is plenty; more ranges only take another call. */
    private static final int FOUND_COUNT = 256;

    private static final String FILE = "/proc/self/pagemap";

    private final SystemCalls calls;
    private final Descriptor pagemap;
    // Automatic: this object keeps it alive, and closing needs no handshake with all threads.
    private final MemorySegment argument;
    private final MemorySegment found;
    private boolean closed;

    private PagemapScan(SystemCalls calls, Descriptor pagemap) {
        this.calls = calls;
        this.pagemap = pagemap;
        Arena arena = Arena.ofAuto();
        argument = arena.allocate(ARGUMENT_BYTES, Long.BYTES);
        found = arena.allocate(FOUND_BYTES * FOUND_COUNT, Long.BYTES);
        put(ARGUMENT_SIZE, ARGUMENT_BYTES);
        put(ARGUMENT_VECTOR, found.address());
        put(ARGUMENT_VECTOR_LENGTH, FOUND_COUNT);
        put(ARGUMENT_REQUIRED, PAGE_IS_HUGE | PAGE_IS_PRESENT | PAGE_IS_ZERO);
        put(ARGUMENT_INVERTED, PAGE_IS_ZERO);
        put(ARGUMENT_RETURNED, PAGE_IS_HUGE);
    }

    /** {@return a scanner, or empty if {@link #refusal} has a reason} */
    public static Optional<PagemapScan> open(SystemCalls calls) {
        Descriptor pagemap = new Descriptor(calls);
        try {
            if (pagemap.open(FILE, Linux.O_RDONLY) >= 0) {
                PagemapScan scan = new PagemapScan(calls, pagemap);
                if (!Errno.isFailure(scan.scan(0, 0, Found.NOTHING))) {
                    return Optional.of(scan);
                }
            }
            pagemap.close();
            return Optional.empty();
        } catch (Throwable e) {
            pagemap.close();
            throw e;
        }
    }

    /** {@return why this host cannot scan, naming call and errno; empty if it can} */
    public static Optional<String> refusal(SystemCalls calls) {
        try (Descriptor pagemap = new Descriptor(calls)) {
            int fd = pagemap.open(FILE, Linux.O_RDONLY);
            if (fd < 0) {
                return Optional.of("open(" + FILE + "): " + Errno.describe(fd));
            }
            long result = new PagemapScan(calls, pagemap).scan(0, 0, Found.NOTHING);
            return Errno.isFailure(result)
                    ? Optional.of("ioctl(PAGEMAP_SCAN), Linux 6.7 or later: " + Errno.describe(result))
                    : Optional.empty();
        }
    }

    /**
     * Counts the bytes of a range that are mapped by huge pages.
     *
     * @param start page-aligned
     * @param end page-aligned
     * @return the bytes, or {@code -errno} if the scan failed
     */
    public synchronized long hugeBytes(long start, long end) {
        requireOpen();
        return scan(start, end, Found.NOTHING);
    }

    /**
     * Finds the regions of a range that are huge from end to end: bit {@code i} stands for the 2 MiB at {@code start +
     * i * 2 MiB}.
     *
     * @param start a multiple of 2 MiB
     * @param end a multiple of 2 MiB
     * @return the bits, or empty if the scan failed
     * @throws IllegalArgumentException if the range is not made of whole regions
     */
    public synchronized Optional<BitSet> hugeRegions(long start, long end) {
        requireOpen();
        if ((start & (REGION_BYTES - 1)) != 0 || (end & (REGION_BYTES - 1)) != 0) {
            throw new IllegalArgumentException(
                    "not whole regions: start=0x" + Long.toHexString(start) + ", end=0x" + Long.toHexString(end));
        }
        BitSet regions = new BitSet(Math.toIntExact((end - start) / REGION_BYTES));
        // The kernel reports whole huge pages unless the range cuts them, which whole regions do not.
        long result = scan(start, end, (foundStart, foundEnd) -> regions
                .set((int) ((foundStart - start) / REGION_BYTES), (int) ((foundEnd - start) / REGION_BYTES)));
        return Errno.isFailure(result) ? Optional.empty() : Optional.of(regions);
    }

    /** Closes the descriptor; closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            pagemap.close();
        }
    }

    @FunctionalInterface
    private interface Found {
        Found NOTHING = (start, end) -> {};

        void run(long start, long end);
    }

    /**
     * Walks {@code [start, end)}; a full vector stops the kernel early, so each call continues where the last ended.
     */
    private long scan(long start, long end, Found sink) {
        assert Long.compareUnsigned(start, end) <= 0 : "start=" + start + " end=" + end;
        long hugeBytes = 0;
        long from = start;
        int attempt = 0;
        do {
            put(ARGUMENT_START, from);
            put(ARGUMENT_END, end);
            long count = calls.ioctl(pagemap.number(), REQUEST, argument.address());
            if (Errno.isWorthRepeating(count, ++attempt)) {
                continue;
            }
            if (Errno.isFailure(count)) {
                return count;
            }
            attempt = 0;
            for (long index = 0; index < count; index++) {
                long foundStart = found.get(ValueLayout.JAVA_LONG, index * FOUND_BYTES);
                long foundEnd = found.get(ValueLayout.JAVA_LONG, index * FOUND_BYTES + FOUND_END);
                assert foundStart < foundEnd : "foundStart=" + foundStart + " foundEnd=" + foundEnd;
                hugeBytes += foundEnd - foundStart;
                sink.run(foundStart, foundEnd);
            }
            long walkEnd = argument.get(ValueLayout.JAVA_LONG, ARGUMENT_WALK_END);
            if (walkEnd <= from) {
                // No progress and no error was never seen on any kernel, but must not cause an endless loop.
                break;
            }
            from = walkEnd;
        } while (from < end);
        return hugeBytes;
    }

    private void put(long offset, long value) {
        argument.set(ValueLayout.JAVA_LONG, offset, value);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
    }
}
