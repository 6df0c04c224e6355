package dev.ashlar.stubs;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parses the lines of a maps or smaps file, and creates objects only for the wanted mappings.
 *
 * <p>A header line looks like {@code 7f3c5e400000-7f3c5e600000 r-xs 00200000 00:01 4711 /memfd:name (deleted)}: see
 * proc_pid_maps(5). Detail lines, in smaps only, begin with a capital letter.
 */
final class MapsParser {

    private final byte[] text;
    private int position;

    MapsParser(byte[] text) {
        this.text = text;
    }

    /** Decides by the addresses of a mapping, before the rest of its line is parsed. */
    @FunctionalInterface
    interface Filter {
        boolean wants(long start, long end);
    }

    /** Calls {@code sink} for each mapping that {@code filter} wants, in the order of addresses. */
    void forEach(Filter filter, Consumer<Mapping> sink) {
        while (position < text.length) {
            Mapping mapping = header(filter);
            if (mapping != null) {
                sink.accept(mapping);
            }
            skipLine();
        }
    }

    boolean atEnd() {
        return position >= text.length;
    }

    /** {@return whether this line is a header; a smaps detail begins with a capital letter} */
    boolean atHeader() {
        byte first = text[position];
        return (first >= '0' && first <= '9') || (first >= 'a' && first <= 'f');
    }

    /** {@return the rest of this line, after which parsing continues} */
    String line() {
        int from = position;
        skipLine();
        int to = position > from && text[position - 1] == '\n' ? position - 1 : position;
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    void skipLine() {
        while (position < text.length && text[position] != '\n') {
            position++;
        }
        position = Math.min(position + 1, text.length);
    }

    /** {@return the mapping of this header line, or null if the filter does not want it; stays in the line} */
    @Nullable Mapping header(Filter filter) {
        int lineStart = position;
        long start = number(16);
        expect('-', lineStart);
        long end = number(16);
        expect(' ', lineStart);
        if (!filter.wants(start, end)) {
            return null;
        }
        boolean readable = flag('r');
        boolean writable = flag('w');
        boolean executable = flag('x');
        boolean shared = flag('s');
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
        for (; position < text.length; position++) {
            int digit = Character.digit(text[position], radix);
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
        }
        return value;
    }

    private boolean flag(char letter) {
        return position < text.length && text[position++] == letter;
    }

    private void expect(char wanted, int lineStart) {
        if (position >= text.length || text[position] != wanted) {
            position = lineStart;
            throw new IllegalArgumentException("not a line of a maps file: line=" + line());
        }
        position++;
    }

    private void skipSpaces() {
        while (position < text.length && text[position] == ' ') {
            position++;
        }
    }

    private void skipWord() {
        while (position < text.length && text[position] != ' ' && text[position] != '\n') {
            position++;
        }
    }

    private String restOfLine() {
        int from = position;
        while (position < text.length && text[position] != '\n') {
            position++;
        }
        return from == position ? "" : new String(text, from, position - from, StandardCharsets.UTF_8);
    }
}
