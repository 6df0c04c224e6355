package dev.ashlar.stubs;

import java.nio.file.Path;

/** What personality(2) of the calling thread changes about the memory that it maps. */
public final class Personality {
    private static final Path FILE = Path.of("/proc/thread-self/personality");
    private static final int HEXADECIMAL = 16;
    private static final long READ_IMPLIES_EXEC = 0x0400000;

    private Personality() {}

    /**
     * {@return whether the kernel makes executable whatever the calling thread maps readable; false where {@code /proc}
     * does not tell}
     */
    public static boolean readImpliesExecute() {
        return KernelFile.text(FILE)
                .map(text -> (Long.parseLong(text, HEXADECIMAL) & READ_IMPLIES_EXEC) != 0)
                .orElse(false);
    }
}
