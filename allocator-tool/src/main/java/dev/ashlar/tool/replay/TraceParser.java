package dev.ashlar.tool.replay;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns the text of a trace into a {@link Trace}, line by line and strictly: exactly {@code a ID BYTES} or
 * {@code f ID}, one space between fields, each id allocated once and freed at most once. A parser that guessed the
 * meaning of a wrong line would replay what never happened.
 */
final class TraceParser {

    /** Longer than any valid line: two numbers of at most 19 and 10 digits. */
    private static final int LINE_BYTE_SIZE_MAX = 128;

    private final String file;
    private final InputStream input;
    private final byte[] line = new byte[LINE_BYTE_SIZE_MAX];
    private int length;
    private long lineNumber = 1;

    private final Map<Long, Integer> objects = new HashMap<>();
    private int[] events = new int[1024];
    private int eventCount;
    private int[] byteSizes = new int[1024];
    private final BitSet freed = new BitSet();

    /** Reads from a stream that has a buffer. */
    TraceParser(String file, InputStream input) {
        this.file = file;
        this.input = input;
    }

    Trace parse() throws IOException {
        while (nextLine()) {
            parseLine(new String(line, 0, length, StandardCharsets.ISO_8859_1));
            lineNumber++;
        }
        if (eventCount == 0) {
            throw TraceReader.unreadable(file, "is empty: a trace holds at least one event");
        }
        return new Trace(file, Arrays.copyOf(events, eventCount), Arrays.copyOf(byteSizes, objects.size()));
    }

    /** Reads to the next line end or to the end of the file, which may replace the last line end. */
    private boolean nextLine() throws IOException {
        length = 0;
        for (int next = input.read(); next >= 0; next = input.read()) {
            if (next == '\n') {
                return true;
            }
            if (length == LINE_BYTE_SIZE_MAX) {
                throw malformed("a line of more than " + LINE_BYTE_SIZE_MAX + " bytes");
            }
            line[length++] = (byte) next;
        }
        return length > 0;
    }

    private void parseLine(String text) {
        if (text.isEmpty()) {
            throw malformed("a blank line");
        }
        String[] fields = text.split(" ", -1);
        if (fields[0].equals("a") && fields.length == 3) {
            allocate(id(fields[1]), (int) number("BYTES", fields[2], 1, Integer.MAX_VALUE));
        } else if (fields[0].equals("f") && fields.length == 2) {
            free(id(fields[1]));
        } else {
            throw malformed("expected \"a ID BYTES\" or \"f ID\", found " + quoted(text));
        }
    }

    private void allocate(long id, int byteSize) {
        int object = objects.size();
        Integer earlier = objects.putIfAbsent(id, object);
        if (earlier != null) {
            throw malformed("object " + id + " is allocated a second time, first on line " + lineOf(earlier));
        }
        if (object == byteSizes.length) {
            byteSizes = Arrays.copyOf(byteSizes, Math.multiplyExact(object, 2));
        }
        byteSizes[object] = byteSize;
        append(object);
    }

    private void free(long id) {
        Integer object = objects.get(id);
        if (object == null) {
            throw malformed("object " + id + " is freed but was never allocated");
        }
        if (freed.get(object)) {
            throw malformed("object " + id + " is freed a second time, first on line " + lineOf(~object));
        }
        freed.set(object);
        append(~object);
    }

    private void append(int event) {
        if (eventCount == events.length) {
            events = Arrays.copyOf(events, Math.multiplyExact(eventCount, 2));
        }
        events[eventCount++] = event;
    }

    /** Each line is one event, so the index of an event gives its line. */
    private long lineOf(int event) {
        int index = 0;
        while (events[index] != event) {
            index++;
        }
        return index + 1L;
    }

    private long id(String field) {
        return number("ID", field, 0, Long.MAX_VALUE);
    }

    /** {@return a decimal number without sign} */
    private long number(String name, String field, long min, long max) {
        try {
            if (field.chars().allMatch(unit -> unit >= '0' && unit <= '9')) {
                long number = Long.parseLong(field);
                if (number >= min && number <= max) {
                    return number;
                }
            }
        } catch (NumberFormatException emptyOrTooLarge) {
            // As wrong as any other text.
        }
        throw malformed("%s must be a number from %d to %d, found %s".formatted(name, min, max, quoted(field)));
    }

    /** {@return an error at the line that is being read} */
    CommandException malformed(String problem) {
        return new CommandException(ExitCode.USAGE, file + ":" + lineNumber + ": " + problem);
    }

    /** {@return a part of the line for a message; control characters and bytes beyond ASCII are made visible} */
    private static String quoted(String part) {
        StringBuilder text = new StringBuilder("\"");
        part.chars().forEach(unit -> text.append(
                unit >= ' ' && unit < 0x7f ? Character.toString(unit) : "\\x%02x".formatted(unit)));
        return text.append('"').toString();
    }
}
