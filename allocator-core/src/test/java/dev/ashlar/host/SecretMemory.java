package dev.ashlar.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCalls;
import java.util.List;
import java.util.Optional;

/** Checks that the host has secret memory; if not, skips the test with the reason. */
public final class SecretMemory {
    private static final long REGION = 2 << 20;

    private SecretMemory() {}

    /** Continues only if this many regions of secret memory fit at once. */
    public static void need(int regionCount) {
        Optional<String> missing = missing(regionCount);
        assumeTrue(missing.isEmpty(), () -> "needs " + missing.orElse(""));
    }

    /** {@return whether some regions of secret memory fit} */
    public static boolean isThere() {
        return missing(8).isEmpty();
    }

    private static Optional<String> missing(int regionCount) {
        SystemCalls calls = Libc.system();
        int fd = calls.memfdSecret(Linux.O_CLOEXEC);
        if (fd < 0) {
            return Optional.of("memfd_secret(2): " + Errno.describe(fd));
        }
        long byteSize = regionCount * REGION;
        calls.ftruncate(fd, byteSize);
        long mapped = calls.mmap(0, byteSize, Linux.PROT_READ, Linux.MAP_SHARED, fd, 0);
        calls.close(fd);
        if (Errno.isFailure(mapped)) {
            return Optional.of(byteSize + " bytes of locked memory (ulimit -l): " + Errno.describe(mapped));
        }
        calls.munmap(mapped, byteSize);
        return Optional.empty();
    }

    /** {@return the VMAs of secret memory in a range of addresses, with what the kernel accounts to them} */
    public static List<Smaps.Area> areas(long address, long byteSize) {
        return Smaps.readWithin(List.of(AddressRange.ofSize(address, byteSize))).areas().stream()
                .filter(area -> area.mapping().path().startsWith("/secretmem"))
                .toList();
    }

    /** {@return bytes of populated pages of the secret memory in a range of addresses} */
    public static long residentByteSize(long address, long byteSize) {
        return areas(address, byteSize).stream().mapToLong(area -> area.bytes("Rss")).sum();
    }
}
