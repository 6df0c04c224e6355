package dev.ashlar.stubs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parses the lines of a maps or smaps file, a buffer at a time, and creates objects only for the wanted mappings: the
 * file of a process with many mappings is larger than a small Java heap.
 *
 * <p>A header line looks like {@code 7f3c5e400000-7f3c5e600000 r-xs 00200000 00:01 4711 /memfd:name (deleted)}: see
 * proc_pid_maps(5). Detail lines, in smaps only, begin with a capital letter.
 */
final class MapsParser implements AutoCloseable {
    private static final int BUFFER_BYTE_SIZE = 64 << 10;

    private final InputStream file;
    private byte[] text = new byte[BUFFER_BYTE_SIZE];
    /** Bytes of {@link #text} that were read. Unless the file has ended, they hold the whole line at the position. */
    private int length;

    private int position;

    /** Reads from an open file and closes it with this object. */
    MapsParser(InputStream file) {
        this.file = file;
        fill();
    }

    /** Reads on until the buffer holds a whole line. */
    private void fill() {
        int searched = position;
        while (true) {
            for (; searched < length; searched++) {
                if (text[searched] == '\n') {
                    return;
                }
            }
            if (position > 0) {
                System.arraycopy(text, position, text, 0, length - position);
                searched -= position;
                length -= position;
                position = 0;
            } else if (length == text.length) {
                text = Arrays.copyOf(text, 2 * length);
            }
            int count = read();
            if (count <= 0) {
                return;
            }
            length += count;
        }
    }

    private int read() {
        try {
            return file.read(text, length, text.length - length);
        } catch (IOException unreadable) {
            // As if it could not be opened: what was read so far is right.
            return -1;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException unimportant) {
            // Nothing was written.
        }
    }

    /** Decides by the addresses of a mapping, before the rest of its line is parsed. */
    @FunctionalInterface
    interface Filter {
        boolean wants(long start, long end);
    }

    /** Calls {@code sink} for each mapping that {@code filter} wants, in the order of addresses. */
    void forEach(Filter filter, Consumer<Mapping> sink) {
        while (!atEnd()) {
            Mapping mapping = header(filter);
            if (mapping != null) {
                sink.accept(mapping);
            }
            skipLine();
        }
    }

    boolean atEnd() {
        return position >= length;
    }

    /** {@return whether this line is a header; a smaps detail begins with a capital letter} */
    boolean atHeader() {
        byte first = text[position];
        return (first >= '0' && first <= '9') || (first >= 'a' && first <= 'f');
    }

    /** {@return the rest of this line, after which parsing continues} */
    String line() {
        int from = position;
        endLine();
        int to = position > from && text[position - 1] == '\n' ? position - 1 : position;
        String line = new String(text, from, to - from, StandardCharsets.UTF_8);
        fill();
        return line;
    }

    void skipLine() {
        endLine();
        fill();
    }

    /** Goes to the start of the next line, which the buffer may not hold. */
    private void endLine() {
        while (position < length && text[position] != '\n') {
            position++;
        }
        position = Math.min(position + 1, length);
    }

    /** {@return the mapping of this header line, or null if the filter does not want it; stays in the line} */
    @Nullable Mapping header(Filter filter) {
        int lineStart = position;
        long start = number(16);
        expect('-', lineStart);
        long end = number(16);
        expect(' ', lineStart);
        if (Long.compareUnsigned(start, end) >= 0) {
            throw refusal(lineStart);
        }
        if (!filter.wants(start, end)) {
            return null;
        }
        boolean readable = flag('r', lineStart);
        boolean writable = flag('w', lineStart);
        boolean executable = flag('x', lineStart);
        boolean shared = flag('s', lineStart);
        skipSpaces();
        long offset = number(16);
        skipSpaces();
        skipWord();
        skipSpaces();
        long inode = number(10);
        skipSpaces();
        return new Mapping(start, end, readable, writable, executable, shared, offset, inode, restOfLine());
    }

    private long number(int radix) {
        long value = 0;
        for (; position < length; position++) {
            int digit = Character.digit(text[position], radix);
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
        }
        return value;
    }

    private boolean flag(char letter, int lineStart) {
        if (position >= length || text[position] == '\n') {
            throw refusal(lineStart);
        }
        return text[position++] == letter;
    }

    private void expect(char wanted, int lineStart) {
        if (position >= length || text[position] != wanted) {
            throw refusal(lineStart);
        }
        position++;
    }

    private IllegalArgumentException refusal(int lineStart) {
        position = lineStart;
        return new IllegalArgumentException("not a line of a maps file: line=" + line());
    }

    private void skipSpaces() {
        while (position < length && text[position] == ' ') {
            position++;
        }
    }

    private void skipWord() {
        while (position < length && text[position] != ' ' && text[position] != '\n') {
            position++;
        }
    }

    private String restOfLine() {
        int from = position;
        while (position < length && text[position] != '\n') {
            position++;
        }
        return from == position ? "" : new String(text, from, position - from, StandardCharsets.UTF_8);
    }
}
