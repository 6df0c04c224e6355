package dev.ashlar.bench.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory that the kernel says this process holds. */
final class HeldMemory {

    private static final Path FILE = Path.of("/proc/self/smaps_rollup");
    private static final long KIB = 1024;

    /** A hugetlb page with two views counts as shared, once for each. */
    private static final int VIEWS = 2;

    private HeldMemory() {}

    /** {@return bytes: pages by the share of this process, hugetlb pages, which the kernel counts apart, once each} */
    static long byteSize() {
        try {
            return parse(Files.readAllLines(FILE));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("reading " + FILE, unreadable);
        }
    }

    static long parse(List<String> lines) {
        return kib(lines, "Pss:") * KIB + kib(lines, "Private_Hugetlb:") * KIB
                + kib(lines, "Shared_Hugetlb:") * KIB / VIEWS;
    }

    private static long kib(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()).replace("kB", "").strip()))
                .findFirst()
                .orElse(0);
    }
}
