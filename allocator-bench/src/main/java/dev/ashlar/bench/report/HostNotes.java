package dev.ashlar.bench.report;

import dev.ashlar.bench.rivals.BuildFolder;
import dev.ashlar.tool.doctor.Host;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What a figure depends on: the machine, the kernel and its huge-page settings, the JDK, the sources. */
final class HostNotes {

    private static final long KIB_PER_GIB = 1L << 20;
    private static final String UNKNOWN = "unknown";

    private HostNotes() {}

    /** {@return the host by name, in the order of a heading} */
    static Map<String, String> read() {
        Host host = Host.read();
        Host.TransparentHugePages transparent = host.transparentHugePages();
        String kib = value("/proc/meminfo", "MemTotal", "0 kB").replaceFirst(" kB$", "");
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("processor", Runtime.getRuntime().availableProcessors() + " x "
                + value("/proc/cpuinfo", "model name", UNKNOWN));
        notes.put("memory", Math.round((double) Long.parseLong(kib) / KIB_PER_GIB) + " GiB");
        // Without the suffix of the distribution.
        notes.put("kernel", "Linux " + host.kernel().replaceFirst("-.*", "") + ", " + host.architecture());
        notes.put("jdk", host.jdk());
        notes.put("hugetlb pool", host.hugetlbPool()
                .map(pool -> pool.total() + " pages of 2 MiB, " + pool.available() + " available").orElse("none"));
        notes.put("transparent huge pages", "enabled=" + transparent.enabled().orElse("-") + ", defrag="
                + transparent.defrag().orElse("-") + ", shmem_enabled=" + transparent.shmemEnabled().orElse("-"));
        return notes;
    }

    /** {@return the mean number of processors in use during the last minute; 0 if unknown} */
    static double load() {
        return Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /**
     * {@return the commit of the checkout from which this program was built, with {@code -dirty} if files were changed;
     * "unknown" without git}
     */
    static String commit() {
        try {
            Process git = new ProcessBuilder("git", "-C", BuildFolder.path().toString(), "describe", "--always",
                    "--dirty").redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.onExit().join().exitValue() == 0 && !commit.isEmpty() ? commit : UNKNOWN;
        } catch (IOException noGit) {
            return UNKNOWN;
        }
    }

    /** {@return the text after a name and a colon in a file of the kernel} */
    private static String value(String file, String name, String otherwise) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(otherwise);
        } catch (IOException unreadable) {
            return otherwise;
        }
    }
}
