package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The locked memory of this process and its limit, from {@code /proc/self}: mlock(2) and memfd_secret(2) count.
 *
 * <p>The limit does not bind a process with the capability CAP_IPC_LOCK.
 *
 * @param limit RLIMIT_MEMLOCK in bytes
 * @param byteSize bytes locked now; 0 if that cannot be read
 */
public record LockedMemory(HostFacts.Limit limit, long byteSize) {

    private static final Path PROC = Path.of("/proc/self");

    /** {@return the state now} */
    public static LockedMemory read() {
        return parse(KernelFile.text(PROC.resolve("limits")).orElse(""),
                KernelFile.text(PROC.resolve("status")).orElse(""));
    }

    static LockedMemory parse(String limits, String status) {
        long byteSize = status.lines().filter(line -> line.startsWith("VmLck:"))
                .findFirst().map(line -> KernelFile.byteSize(line.substring("VmLck:".length())))
                .orElse(OptionalLong.empty()).orElse(0);
        return new LockedMemory(HostFacts.Limit.of(limits, "Max locked memory"), byteSize);
    }
}
