package dev.ashlar.stubs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Creates files that are mapped shared: what is written to the mapping is in the file, also after a crash. */
public final class MappedFile {
    private MappedFile() {}

    /**
     * Creates a file of zeros, which the user alone may read and write. If that fails, no new file is left.
     *
     * @return its mapping, which lasts as long as the segment is reachable; any thread may use it
     * @throws java.nio.file.FileAlreadyExistsException if the file exists; it stays as it is
     * @throws IOException if it cannot be created or filled
     */
    public static MemorySegment create(Path path, int byteSize) throws IOException {
        // An interrupt that came before would close the channel.
        boolean wasInterrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            return filled(path, channel, byteSize);
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static MemorySegment filled(Path path, FileChannel channel, int byteSize) throws IOException {
        try {
            // Written, not only sized: if the disk were full, a later access to the mapping would fail.
            ByteBuffer zeros = ByteBuffer.allocate(byteSize);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, byteSize, Arena.ofAuto());
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }
}
