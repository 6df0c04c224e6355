package dev.ashlar.tool.replay;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Opens a trace file, plain or gzip. The content decides, not the name, so that a pipe or a renamed file works.
 *
 * <p>The format is one event a line, {@code a ID BYTES} or {@code f ID}; {@code TraceParser} holds the rules.
 */
public final class TraceReader {

    private TraceReader() {}

    /**
     * Reads a whole trace.
     *
     * @throws CommandException if the file cannot be read or is not a trace; names the file and the line
     */
    public static Trace read(Path path) {
        String file = path.toString();
        if (Files.isDirectory(path)) {
            throw unreadable(file, "is a directory, not a trace");
        }
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(path))) {
            return read(file, stream);
        } catch (IOException failed) {
            throw unreadable(file, problem(failed));
        }
    }

    /** Reads a whole trace from a stream that has a buffer. */
    static Trace read(String file, InputStream stream) {
        try {
            stream.mark(2);
            byte[] magic = stream.readNBytes(2);
            stream.reset();
            boolean gzip = magic.length == 2
                    && ((magic[0] & 0xff) | (magic[1] & 0xff) << 8) == GZIPInputStream.GZIP_MAGIC;
            return gzip ? readGzip(file, stream) : new TraceParser(file, stream).parse();
        } catch (IOException failed) {
            throw unreadable(file, problem(failed));
        }
    }

    private static String problem(IOException failed) {
        return switch (failed) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            case EOFException _ -> "the gzip data ends early: the file is truncated";
            case ZipException corrupt -> "the gzip data is damaged: " + corrupt.getMessage();
            default -> "cannot be read: " + failed.getMessage();
        };
    }

    static CommandException unreadable(String file, String problem) {
        return new CommandException(ExitCode.USAGE, file + ": " + problem);
    }

    private static Trace readGzip(String file, InputStream stream) throws IOException {
        // All compressed bytes at once: only then the inflater knows what follows the last member.
        try (Gunzip gunzip = new Gunzip(stream.readAllBytes())) {
            TraceParser parser = new TraceParser(file, new BufferedInputStream(gunzip));
            try {
                Trace trace = parser.parse();
                if (gunzip.hasTrailingGarbage()) {
                    throw unreadable(file, "has bytes after the end of its gzip data");
                }
                return trace;
            } catch (EOFException | ZipException damaged) {
                throw parser.malformed(problem(damaged));
            }
        }
    }

    /** A gzip stream that detects bytes after its end, which the JDK's own ignores. */
    private static final class Gunzip extends GZIPInputStream {

        /** CRC and length, which the JDK leaves in the inflater's input when nothing follows them. */
        private static final int TRAILER_BYTE_SIZE = 8;

        Gunzip(byte[] compressed) throws IOException {
            super(new ByteArrayInputStream(compressed), compressed.length);
        }

        boolean hasTrailingGarbage() {
            return inf.getRemaining() > TRAILER_BYTE_SIZE;
        }
    }
}
