package dev.ashlar.region;

import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;

/**
 * Keeps the memory file of pinned views reachable. Only truncation gives their memory back: the kernel refuses to unmap
 * them, and refuses a hole once the file is sealed against writers. The descriptor is an O_PATH one: nothing can be
 * read, written, mapped or truncated through it without opening the file again.
 */
record FileAnchor(SystemCalls calls, int fd) {

    /**
     * Opens an anchor.
     *
     * @return its descriptor, or {@code -errno}
     */
    static int open(SystemCalls calls, MemoryFile file) {
        return calls.open(pathOf(file.fd()), Linux.O_PATH | Linux.O_CLOEXEC);
    }

    private static String pathOf(int fd) {
        return "/proc/self/fd/" + fd;
    }

    /** Gives the file's memory back. A later touch of what is still mapped raises SIGBUS. */
    void truncate() {
        int writable = calls.open(pathOf(fd), Linux.O_RDWR | Linux.O_CLOEXEC);
        if (writable >= 0) {
            try {
                calls.ftruncate(writable, 0);
            } finally {
                calls.close(writable);
            }
        }
    }

    void close() {
        calls.close(fd);
    }
}
