package dev.ashlar.stubs;

import java.nio.file.Path;

/**
 * The resource limits of this process that can end the growth of a heap, from {@code /proc/self/limits}. A limit that
 * cannot be read counts as none.
 *
 * @param openFiles RLIMIT_NOFILE: descriptors
 * @param fileSize RLIMIT_FSIZE: bytes of a file, of a memory file as well
 * @param addressSpace RLIMIT_AS: bytes of address space, reservations included
 * @param lockedMemory RLIMIT_MEMLOCK: bytes of locked memory
 */
public record ProcessLimits(HostFacts.Limit openFiles, HostFacts.Limit fileSize, HostFacts.Limit addressSpace,
        HostFacts.Limit lockedMemory) {

    private static final Path FILE = Path.of("/proc/self/limits");

    /** {@return the limits now} */
    public static ProcessLimits read() {
        return parse(KernelFile.text(FILE).orElse(""));
    }

    /** {@return the limits in a text like that of {@code /proc/self/limits}} */
    public static ProcessLimits parse(String text) {
        return new ProcessLimits(HostFacts.Limit.of(text, "Max open files"), HostFacts.Limit.of(text, "Max file size"),
                HostFacts.Limit.of(text, "Max address space"), HostFacts.Limit.of(text, "Max locked memory"));
    }
}
