package dev.ashlar.stubs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells this process from a fork of it. A fork has copies of all descriptors: its files are the parent's, and its
 * {@code /proc/self/mem}, if opened before, still is the parent's memory.
 *
 * <p>A byte tells: the kernel clears it in a fork (MADV_WIPEONFORK, Linux 4.14). Process ids are not enough, because a
 * fork in a new PID namespace may have its parent's. Thread-safe; a check is one load.
 */
public final class OwnProcess {

    /** A multiple of every page size, so that no other data shares the page. */
    private static final long MARK_BYTE_SIZE = 64 << 10;

    private static final Path SELF = Path.of("/proc/self");

    private static final MemorySegment MARK = Arena.global().allocate(MARK_BYTE_SIZE, MARK_BYTE_SIZE);
    private static final boolean MARK_IS_WIPED = Libc.system()
            .madvise(MARK.address(), MARK_BYTE_SIZE, Linux.MADV_WIPEONFORK) == 0;
    private static final long ID = ProcessHandle.current().pid();

    static {
        MARK.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    }

    private OwnProcess() {}

    /** {@return whether this process is a fork of the one that loaded this class} */
    public static boolean isFork() {
        return MARK_IS_WIPED ? MARK.get(ValueLayout.JAVA_BYTE, 0) == 0 : currentId() != ID;
    }

    /** {@return the id of the process that loaded this class} */
    public static long id() {
        return ID;
    }

    /** The JDK keeps the id that the process had first, so the kernel is asked. */
    private static long currentId() {
        try {
            return Long.parseLong(Files.readSymbolicLink(SELF).toString());
        } catch (IOException | NumberFormatException unknown) {
            return ID;
        }
    }
}
