package dev.ashlar.examples.filter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What the processor can do. */
final class HostFeatures {
    private static final Pattern BLANK = Pattern.compile("\\s+");

    private HostFeatures() {}

    /** {@return whether the processor is an x86-64} */
    static boolean isX86() {
        return List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    }

    /** {@return whether the processor and the kernel support the instructions of the {@link VectorCompiler}} */
    static boolean hasVectors() {
        // The kernel lists a flag only if it also saves the registers.
        try {
            return isX86() && Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> List.of(BLANK.split(line)).containsAll(List.of("avx2", "popcnt")))
                    .orElse(false);
        } catch (IOException unreadable) {
            return false;
        }
    }
}
