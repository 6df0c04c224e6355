package dev.ashlar.bench.report;

import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.tool.doctor.Host;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What a figure depends on: the machine, the kernel and its huge-page settings, the JDK. */
public final class HostNotes {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path MEM_INFO = Path.of("/proc/meminfo");
    private static final long KIB_PER_GIB = 1L << 20;

    private HostNotes() {}

    /** {@return the host by name, in the order of a heading} */
    public static Map<String, String> read() {
        Host host = Host.read();
        Host.TransparentHugePages transparent = host.transparentHugePages();
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("processor", Runtime.getRuntime().availableProcessors() + " x "
                + value(CPU_INFO, "model name", "unknown"));
        notes.put("memory", memory());
        notes.put("kernel", "Linux " + release(host.kernel()) + ", " + host.architecture());
        notes.put("jdk", host.jdk());
        notes.put("hugetlb pool", host.hugetlbPool().map(HostNotes::pool).orElse("none"));
        notes.put("transparent huge pages", "enabled=" + transparent.enabled().orElse("-") + ", defrag="
                + transparent.defrag().orElse("-") + ", shmem_enabled=" + transparent.shmemEnabled().orElse("-"));
        return notes;
    }

    /** {@return how many processors are in use by anything, as a mean over the last minute; 0 where not known} */
    public static double load() {
        return Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** The version alone: what a builder appended says nothing to a reader elsewhere. */
    private static String release(String kernel) {
        return kernel.replaceFirst("-.*", "");
    }

    private static String pool(HugePageSettings.Pool pool) {
        return pool.total() + " pages of 2 MiB, " + pool.available() + " available";
    }

    private static String memory() {
        String total = value(MEM_INFO, "MemTotal", "0 kB").replaceFirst(" kB$", "");
        return Math.round((double) Long.parseLong(total) / KIB_PER_GIB) + " GiB";
    }

    /** {@return what follows a name and a colon in a file of the kernel's} */
    private static String value(Path file, String name, String otherwise) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(otherwise);
        } catch (IOException unreadable) {
            return otherwise;
        }
    }
}
