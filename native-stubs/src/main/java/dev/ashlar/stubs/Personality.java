package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.OptionalLong;

/** The effect of the calling thread's personality(2) on the memory that it maps. */
public final class Personality {
    private static final Path FILE = Path.of("/proc/thread-self/personality");
    private static final int HEXADECIMAL = 16;
    private static final long READ_IMPLIES_EXEC = 0x0400000;

    private Personality() {}

    /**
     * {@return whether all memory that the calling thread maps readable is executable too; false if {@code /proc} is
     * not mounted}
     */
    public static boolean readImpliesExecute() {
        OptionalLong flags = KernelFile.text(FILE)
                .map(text -> KernelFile.number(text, HEXADECIMAL))
                .orElse(OptionalLong.empty());
        return (flags.orElse(0) & READ_IMPLIES_EXEC) != 0;
    }
}
