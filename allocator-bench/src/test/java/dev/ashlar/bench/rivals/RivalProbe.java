package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Prints the KiB of huge pages that a rival uses for 64 MiB of blocks, or why it is not available. */
final class RivalProbe {

    private static final int BLOCK_COUNT = 1 << 16;

    private RivalProbe() {}

    public static void main(String[] arguments) throws IOException {
        try {
            BlockMemory memory = Rival.valueOf(arguments[0]).open(BLOCK_COUNT);
            for (int slot = 0; slot < BLOCK_COUNT; slot++) {
                RawMemory.EVERYTHING.set(ValueLayout.JAVA_BYTE, memory.allocate(slot, 1024), (byte) 1);
            }
        } catch (RivalUnavailableException unavailable) {
            IO.print(unavailable.getMessage());
            return;
        }
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/smaps_rollup"))) {
            IO.print(lines.filter(line -> line.startsWith("AnonHugePages") || line.startsWith("Private_Hugetlb"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum());
        }
    }
}
