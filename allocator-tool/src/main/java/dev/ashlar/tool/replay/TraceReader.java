package dev.ashlar.tool.replay;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Opens a trace file, plain or gzip. The content tells which, not the name, so that a pipe or a renamed file works.
 *
 * <p>The format is one event a line, {@code a ID BYTES} or {@code f ID}; {@link TraceParser} holds the rules. Whatever
 * breaks them ends in a {@link TraceException}.
 */
public final class TraceReader {

    private TraceReader() {}

    /**
     * Reads a whole trace.
     *
     * @throws TraceException if the file cannot be read or is not a trace
     */
    public static Trace read(Path path) {
        String file = path.toString();
        if (Files.isDirectory(path)) {
            throw TraceException.unreadable(file, "is a directory, not a trace");
        }
        try (InputStream stream = Files.newInputStream(path)) {
            return read(file, stream);
        } catch (NoSuchFileException absent) {
            throw TraceException.unreadable(file, "no such file");
        } catch (AccessDeniedException denied) {
            throw TraceException.unreadable(file, "permission denied");
        } catch (IOException failed) {
            throw TraceException.unreadable(file, "cannot be read: " + failed.getMessage());
        }
    }

    static Trace read(String file, InputStream stream) throws IOException {
        PushbackInputStream start = new PushbackInputStream(stream, 2);
        byte[] magic = start.readNBytes(2);
        start.unread(magic);
        boolean gzip = magic.length == 2
                && ((magic[0] & 0xff) | (magic[1] & 0xff) << 8) == GZIPInputStream.GZIP_MAGIC;
        return gzip ? readGzip(file, start) : new TraceParser(file, start).parse();
    }

    private static Trace readGzip(String file, InputStream stream) throws IOException {
        // All compressed bytes at once: only then does the inflater know what follows the last member.
        byte[] compressed = stream.readAllBytes();
        TraceParser parser = null;
        try (Gunzip gunzip = new Gunzip(compressed)) {
            parser = new TraceParser(file, gunzip);
            Trace trace = parser.parse();
            if (gunzip.hasTrailingGarbage()) {
                throw TraceException.unreadable(file, "has bytes after the end of its gzip data");
            }
            return trace;
        } catch (EOFException truncated) {
            throw damaged(file, parser, "the gzip data ends early: the file is truncated");
        } catch (ZipException corrupt) {
            throw damaged(file, parser, "the gzip data is damaged: " + corrupt.getMessage());
        }
    }

    private static TraceException damaged(String file, @Nullable TraceParser parser,
            String problem) {
        return parser == null
                ? TraceException.unreadable(file, problem)
                : TraceException.malformed(file, parser.line(), problem);
    }

    /** A gzip stream that tells whether its end was the end of the file; the JDK's own ignores what follows. */
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
