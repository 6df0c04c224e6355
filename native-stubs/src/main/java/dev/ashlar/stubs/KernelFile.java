package dev.ashlar.stubs;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the kernel's small text files.
 *
 * <p>Such a file reports size 0, so it is read to its end. A file that is absent or refused gives an empty answer, not
 * an exception: which files exist depends on the kernel's version and configuration and on the container. So does text
 * where a number is expected.
 */
final class KernelFile {

    /**
     * Files under /proc/sys give all they have to the first read and nothing to the next, and Files.readAllBytes asks
     * for one byte first.
     */
    private static final int PART_BYTE_SIZE = 8192;

    private static final int DECIMAL = 10;
    private static final long KIB = 1024;

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

    /** {@return the decimal number in a text, 0 to 2^63 - 1; empty if there is another text} */
    static OptionalLong number(String text) {
        return number(text, DECIMAL);
    }

    static OptionalLong number(String text, int radix) {
        try {
            long number = Long.parseLong(text.strip(), radix);
            return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
        } catch (NumberFormatException otherText) {
            // A later kernel may write something else there.
            return OptionalLong.empty();
        }
    }

    /** {@return the bytes of a size such as {@code 12 kB}; empty if there is another text} */
    static OptionalLong byteSize(String text) {
        String size = text.strip();
        OptionalLong kibibytes = size.endsWith(" kB")
                ? number(size.substring(0, size.length() - " kB".length()))
                : OptionalLong.empty();
        return kibibytes.orElse(0) > Long.MAX_VALUE / KIB || kibibytes.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(kibibytes.getAsLong() * KIB);
    }
}
