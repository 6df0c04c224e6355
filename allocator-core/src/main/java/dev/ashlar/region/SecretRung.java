package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Descriptor;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Memory that the kernel removes from its own map of memory: a memfd_secret(2) file for each region, because such a
 * file gets its size once and cannot have holes. Its descriptor is closed as soon as it is mapped, so that only the
 * mapping leads to it.
 *
 * <p>A commit populates no page, because secrets are small and the kernel has to take each page out of its map: pages
 * are populated just before use. A read of {@code /dev/zero} into the page does that. It fails with EFAULT where a
 * touch would raise a signal; the kernel refuses fallocate, MADV_POPULATE_WRITE and mlock here. Pages stay until the
 * region is released.
 */
final class SecretRung extends Rung {
    private static final String ZEROS = "/dev/zero";
    private final View view;
    private final SystemCalls calls;
    private final Remedy remedy;
    /** The populated pages of the zone, by index from its start. */
    private final BitSet pages = new BitSet();
    /** Of {@link #ZEROS}. */
    private final Descriptor zeros;

    SecretRung(Zone zone, SystemCalls calls) {
        super(Backing.SECRET, zone);
        this.view = zone.front();
        this.calls = calls;
        this.remedy = new Remedy(calls);
        this.zeros = new Descriptor(calls);
    }

    @Override
    @Nullable Refusal commit(int region) {
        if (!zeros.isOpen()) {
            int fd = zeros.open(ZEROS, Linux.O_RDONLY);
            if (fd < 0) {
                return refusal("open(" + ZEROS + ")", fd, remedy.ofDevice(ZEROS, fd));
            }
        }
        try (Descriptor file = new Descriptor(calls)) {
            int fd = file.createSecretMemory(Linux.O_CLOEXEC);
            return fd < 0 ? refusal("memfd_secret(O_CLOEXEC)", fd, remedy.ofSecretFile(fd)) : map(fd, region);
        }
    }

    /**
     * Maps the file elsewhere first. If the limit of locked memory forbids the mapping, the kernel reports that only
     * after it has removed what was at a fixed address, and another mapping might land there.
     */
    private @Nullable Refusal map(int fd, int region) {
        int result = calls.ftruncate(fd, Region.BYTE_SIZE);
        if (result < 0) {
            String call = "ftruncate(fd, " + Region.BYTE_SIZE + ")";
            return refusal(call, result, remedy.ofFile(backing, "ftruncate(2)", result));
        }
        int protection = Linux.PROT_READ | Linux.PROT_WRITE;
        long mapped = calls.mmap(0, Region.BYTE_SIZE, protection, Linux.MAP_SHARED, fd, 0);
        if (Errno.isFailure(mapped)) {
            String call = "mmap(" + view.access() + ", MAP_SHARED, " + Region.BYTE_SIZE + " bytes of secret memory)";
            return refusal(call, mapped, remedy.ofSecretMapping(mapped));
        }
        try {
            Refusal refusal = place(mapped, region);
            if (refusal != null) {
                calls.munmap(mapped, Region.BYTE_SIZE);
            }
            return refusal;
        } catch (Throwable e) {
            calls.munmap(mapped, Region.BYTE_SIZE);
            throw e;
        }
    }

    private @Nullable Refusal place(long mapped, int region) {
        int result = calls.madvise(mapped, Region.BYTE_SIZE, Linux.MADV_DONTFORK);
        if (result < 0) {
            return refusal("madvise(" + view.access() + " view, MADV_DONTFORK)", result,
                    remedy.ofMapping("madvise(2)", result));
        }
        result = view.moveIn(mapped, region);
        return result < 0
                ? refusal("mremap(" + view.access() + " view)", result, remedy.ofMapping("mremap(2)", result))
                : null;
    }

    @Override
    boolean joinsNeighbours() {
        // Each region has a file of its own.
        return false;
    }

    @Override
    boolean release(int region) {
        if (view.unmap(region) < 0) {
            return false;
        }
        pages.clear(Pages.firstOf(region), Pages.firstOf(region + 1));
        return true;
    }

    @Override
    void forget(int region) {
        super.forget(region);
        pages.clear(Pages.firstOf(region), Pages.firstOf(region + 1));
    }

    /** If a page of the range was missing, all bytes of the range are zero afterwards; otherwise they are unchanged. */
    @Override
    @Nullable Refusal populate(long offset, long byteSize) {
        int first = Pages.indexOf(offset);
        if (pages.nextClearBit(first) > Pages.indexOf(offset + byteSize - 1)) {
            return null;
        }
        long done = 0;
        int attempt = 0;
        while (done < byteSize) {
            // Only the caller's bytes: the rest of the first and last page may be in use.
            long read = calls.pread(zeros.number(), view.base() + offset + done, byteSize - done, 0);
            if (read <= 0 && !Errno.isWorthRepeating(read, ++attempt)) {
                long result = read == 0 ? -Errno.EIO : read;
                return refusal("pread(" + ZEROS + ", " + byteSize + " bytes)", result, remedy.ofPage(result));
            }
            if (read > 0) {
                done += read;
                pages.set(first, Pages.indexOf(offset + done - 1) + 1);
            }
        }
        return null;
    }

    @Override
    void clear(long offset, long byteSize) {
        long end = offset + byteSize;
        int page = pages.nextSetBit(Pages.indexOf(offset));
        while (page >= 0 && Pages.offsetOf(page) < end) {
            int after = pages.nextClearBit(page);
            long from = Math.max(offset, Pages.offsetOf(page));
            zone.clear(from, Math.min(end, Pages.offsetOf(after)) - from);
            page = pages.nextSetBit(after);
        }
    }

    @Override
    long hiddenByteSize() {
        return Pages.offsetOf(pages.cardinality());
    }

    @Override
    void close() {
        zeros.close();
        pages.clear();
    }
}
