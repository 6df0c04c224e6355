package dev.ashlar.tool.doctor;

import dev.ashlar.stubs.HostFacts;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.PagemapScan;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings and limits of the host. Nothing is tried here, except whether the kernel answers PAGEMAP_SCAN.
 *
 * @param architecture as the JDK spells it
 * @param jdk version and vendor
 * @param user name and number of the user, who may lack rights
 * @param factsSource the source of limits and page size
 * @param pageBytes size of a small page
 * @param hugetlbPool the pool of 2 MiB pages; empty if the kernel has none
 */
public record Host(
        String kernel,
        String architecture,
        String jdk,
        String user,
        String factsSource,
        long pageBytes,
        Optional<HugePageSettings.Pool> hugetlbPool,
        TransparentHugePages transparentHugePages,
        Limits limits,
        PagemapScanState pagemapScan) {

    private static final Path VM = Path.of("/proc/sys/vm");
    private static final int SETTING_BYTE_SIZE_MAX = 256;

    /**
     * The chosen words under /sys/kernel/mm/transparent_hugepage; empty if the kernel has no such switch.
     *
     * @param enabled for anonymous memory
     * @param enabled2M the switch of the 2 MiB size alone
     */
    public record TransparentHugePages(
            Optional<String> enabled,
            Optional<String> defrag,
            Optional<String> shmemEnabled,
            Optional<String> enabled2M,
            Optional<String> shmemEnabled2M) {}

    /**
     * Limits of the process, "unlimited" or a number, and settings under {@code /proc/sys/vm}.
     *
     * @param addressSpace in bytes: reservations count
     * @param lockedMemory in bytes
     * @param maxMapCount VMAs that a process may have
     * @param memfdNoexec 2 forbids executable memory files
     * @param overcommitMemory 2 counts reservations
     */
    public record Limits(
            String addressSpace,
            String lockedMemory,
            String openFiles,
            Optional<String> maxMapCount,
            Optional<String> memfdNoexec,
            Optional<String> overcommitMemory) {}

    /** Whether PAGEMAP_SCAN works, and if not, the failing call and its errno. */
    public record PagemapScanState(boolean supported, Optional<String> refusal) {}

    /** {@return the settings and limits of this host now} */
    public static Host read() {
        HostFacts facts = HostFacts.gather();
        HugePageSettings settings = HugePageSettings.read();
        Optional<String> refusal = PagemapScan.refusal(Libc.system());
        return new Host(
                System.getProperty("os.version", "unknown"),
                System.getProperty("os.arch", "unknown"),
                Runtime.version() + " " + System.getProperty("java.vendor", ""),
                facts.userName() + " (" + facts.userId() + ")",
                facts.source(),
                facts.pageByteSize(),
                settings.pool(),
                new TransparentHugePages(settings.thpEnabled(), settings.thpDefrag(), settings.shmemEnabled(),
                        settings.thpEnabled2M(), settings.shmemEnabled2M()),
                new Limits(facts.addressSpace().describe(), facts.lockedMemory().describe(),
                        facts.openFiles().describe(), setting("max_map_count"), setting("memfd_noexec"),
                        setting("overcommit_memory")),
                new PagemapScanState(refusal.isEmpty(), refusal));
    }

    private static Optional<String> setting(String name) {
        // One large read: Files.readString trusts the reported size of 0 and begins with a read of one byte, and a
        // second read of such a file finds its end.
        try (InputStream file = new FileInputStream(VM.resolve(name).toFile())) {
            return Optional.of(new String(file.readNBytes(SETTING_BYTE_SIZE_MAX), StandardCharsets.US_ASCII).trim());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
