package dev.ashlar.bench.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much more memory the process holds than at a start, as the kernel counts it. */
final class HeldMemory {

    private static final Path FILE = Path.of("/proc/self/smaps_rollup");
    private static final long KIB = 1024;

    /** The kernel counts a hugetlb page with two views as shared, once for each view. */
    private static final int VIEWS = 2;

    /** So that the JVM compiles the reading before the first figure. */
    private static final int WARM_UP_READS = 30;

    private final long startByteSize;

    /** Starts here. */
    HeldMemory() {
        long last = 0;
        for (int read = 0; read < WARM_UP_READS; read++) {
            last = read();
        }
        startByteSize = last;
    }

    /** {@return bytes above the start: the process's share of ordinary pages, and each hugetlb page once} */
    long byteSize() {
        return read() - startByteSize;
    }

    private static long read() {
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
