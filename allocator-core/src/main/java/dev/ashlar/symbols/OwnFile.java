package dev.ashlar.symbols;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/**
 * A file of this process that grows at its end, up to a limit. Only its user may read it. Other programs may truncate
 * it. If a write fails, the file stays as it is, and no further one is made.
 *
 * <p>Not thread-safe.
 */
final class OwnFile {
    private final SystemCalls calls;
    private final int fd;
    private long room;

    private OwnFile(SystemCalls calls, int fd, long room) {
        this.calls = calls;
        this.fd = fd;
        this.room = room;
    }

    /**
     * Creates a file. One that an earlier process of the same number left behind is replaced.
     *
     * @param what the file is, for errors
     * @throws UncheckedIOException if it cannot be created, or exists and is of another user or of this process
     */
    static OwnFile create(SystemCalls calls, String what, Path path, long longest) {
        try {
            if (isLeftBehind(path)) {
                Files.delete(path);
            }
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return open(calls, path, longest);
        } catch (FileAlreadyExistsException e) {
            throw new UncheckedIOException(what + " cannot be written: " + path + " exists. Delete it", e);
        } catch (IOException e) {
            throw new UncheckedIOException(what + " cannot be written: " + path + ": " + e, e);
        }
    }

    /**
     * Continues a file that this user owns, or creates it.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    static OwnFile createOrContinue(SystemCalls calls, String what, Path path, long longest) {
        try {
            return isOwn(path) && !isLeftBehind(path) ? open(calls, path, longest) : create(calls, what, path, longest);
        } catch (IOException e) {
            throw new UncheckedIOException(what + " cannot be written: " + path + ": " + e, e);
        }
    }

    /** {@return whether a plain file of this user is there. No other user can replace it in a sticky directory} */
    private static boolean isOwn(Path path) throws IOException {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static boolean isLeftBehind(Path path) throws IOException {
        Instant start = ProcessHandle.current().info().startInstant().orElse(Instant.MIN);
        // Times of processes have a resolution of 10 ms, those of files that of a clock tick.
        return isOwn(path) && Files.getLastModifiedTime(path).toInstant().isBefore(start.minusMillis(100));
    }

    private static OwnFile open(SystemCalls calls, Path path, long longest) throws IOException {
        int fd = calls.open(path.toString(), Linux.O_RDWR | Linux.O_APPEND | Linux.O_CLOEXEC);
        if (fd < 0) {
            throw new IOException("open(2) failed: " + Errno.describe(fd));
        }
        return new OwnFile(calls, fd, longest - Files.size(path));
    }

    int fd() {
        return fd;
    }

    /** Appends native memory, if there is room. */
    void append(MemorySegment bytes) {
        if (bytes.byteSize() > room) {
            return;
        }
        // At the end, whatever the offset is: pwrite(2) with O_APPEND.
        long written = calls.pwrite(fd, bytes.address(), bytes.byteSize(), 0);
        room = written == bytes.byteSize() ? room - written : 0;
    }

    void close() {
        int ignored = calls.close(fd);
        assert ignored == 0 : "close: " + ignored;
    }
}
