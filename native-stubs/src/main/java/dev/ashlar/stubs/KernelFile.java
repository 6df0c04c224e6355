package dev.ashlar.stubs;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads the kernel's small text files.
 *
 * <p>Such a file reports size 0, so it is read to its end. A file that is absent or refused gives an empty answer, not
 * an exception: which files exist depends on the kernel's version and configuration and on the container.
 */
final class KernelFile {

    /**
     * Files under /proc/sys give all they have to the first read and nothing to the next, and Files.readAllBytes asks
     * for one byte first.
     */
    private static final int PART_BYTE_SIZE = 8192;

    private KernelFile() {}

    /** {@return all bytes of the file, or empty if it cannot be read} */
    static Optional<byte[]> bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] part = new byte[PART_BYTE_SIZE];
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                all.write(part, 0, count);
            }
            return Optional.of(all.toByteArray());
        } catch (IOException | SecurityException unreadable) {
            return Optional.empty();
        }
    }

    /** {@return the lines of a maps or smaps file, or of an empty one if it cannot be read} */
    static MapsParser parser(Path file) {
        try {
            return new MapsParser(new FileInputStream(file.toFile()));
        } catch (IOException | SecurityException unreadable) {
            return new MapsParser(InputStream.nullInputStream());
        }
    }

    /** {@return the file's text without trailing white space, or empty if it cannot be read} */
    static Optional<String> text(Path file) {
        // ISO 8859-1 maps every byte to a character, so that no path name makes the reader fail.
        return bytes(file).map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).stripTrailing());
    }
}
