package dev.ashlar.region;

import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;

/**
 * Holds on to the memory file of pinned views, whose memory comes back by truncation and by nothing else: unmapping is
 * refused, and so is a hole once the file is sealed against writers. The descriptor is one of O_PATH: nothing can be
 * read, written, mapped or truncated through it; it must be opened anew for that.
 */
record FileAnchor(SystemCalls calls, int fd) {

    /** Opens an anchor. @return its descriptor, or {@code -errno} */
    static int open(SystemCalls calls, MemoryFile file) {
        return calls.open(pathOf(file.fd()), Linux.O_PATH | Linux.O_CLOEXEC);
    }

    private static String pathOf(int fd) {
        return "/proc/self/fd/" + fd;
    }

    /** Gives the file's memory back; what is still mapped of it ends whoever touches it with SIGBUS. */
    void truncate() {
        int writable = calls.open(pathOf(fd), Linux.O_RDWR | Linux.O_CLOEXEC);
        if (writable >= 0) {
            calls.ftruncate(writable, 0);
            calls.close(writable);
        }
    }

    void close() {
        calls.close(fd);
    }
}
