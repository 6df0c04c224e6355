package dev.ashlar.region;

import dev.ashlar.stubs.Descriptor;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;

/**
 * Keeps the memory file of pinned views reachable. Only truncation gives their memory back: the kernel refuses to unmap
 * them, and refuses a hole once the file is sealed against writers. The descriptor is an O_PATH one: nothing can be
 * read, written, mapped or truncated through it without opening the file again.
 */
final class FileAnchor {
    private final SystemCalls calls;
    private final Descriptor file;

    /** Prepares an anchor, which is not open. */
    FileAnchor(SystemCalls calls) {
        this.calls = calls;
        this.file = new Descriptor(calls);
    }

    /**
     * Opens the anchor.
     *
     * @return its descriptor, or {@code -errno}
     */
    int open(MemoryFile anchored) {
        return file.open(pathOf(anchored.fd()), Linux.O_PATH);
    }

    private static String pathOf(int fd) {
        return "/proc/self/fd/" + fd;
    }

    /** Gives the file's memory back. A later touch of what is still mapped raises SIGBUS. */
    void truncate() {
        try (Descriptor writable = new Descriptor(calls)) {
            if (writable.open(pathOf(file.number()), Linux.O_RDWR) >= 0) {
                calls.ftruncate(writable.number(), 0);
            }
        }
    }

    void close() {
        file.close();
    }
}
