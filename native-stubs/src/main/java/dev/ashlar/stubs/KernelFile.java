package dev.ashlar.stubs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads the small text files by which the kernel tells about itself.
 *
 * <p>Such a file reports size 0, so it is read to its end. A file that is absent or refused is an empty answer and no
 * exception: which of them exist depends on the kernel's version and configuration and on the container.
 */
final class KernelFile {

    private KernelFile() {}

    /** {@return all bytes of the file, or empty where it cannot be read} */
    static Optional<byte[]> bytes(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (IOException | SecurityException unreadable) {
            return Optional.empty();
        }
    }

    /** {@return the file's text without trailing white space, or empty where it cannot be read} */
    static Optional<String> text(Path file) {
        // ISO 8859-1 maps every byte to a character, so that a strange path name cannot make the reader fail.
        return bytes(file).map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).stripTrailing());
    }
}
