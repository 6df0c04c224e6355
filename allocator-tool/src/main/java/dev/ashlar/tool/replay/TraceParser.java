package dev.ashlar.tool.replay;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Turns the text of a trace into a {@link Trace}, line by line and strictly: exactly {@code a ID BYTES} or
 * {@code f ID}, one space between fields, each id allocated once and freed at most once. A trace that is only nearly
 * right would be replayed as something that never happened.
 *
 * <p>Works on bytes in a fixed buffer: no object is made for a line, so a trace of millions of events reads in a
 * second.
 */
final class TraceParser {

    /** Longer than any valid line: two numbers of at most 19 and 10 digits. */
    private static final int LINE_BYTE_SIZE_MAX = 128;

    private static final long NOT_A_NUMBER = -1;

    private final String file;
    private final InputStream input;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;

    private final byte[] line = new byte[LINE_BYTE_SIZE_MAX];
    private int length;
    private long lineNumber = 1;

    private final IdTable table = new IdTable();
    private int[] events = new int[1024];
    private int eventCount;
    private int[] byteSizes = new int[1024];
    private int objectCount;
    private boolean[] freed = new boolean[1024];

    TraceParser(String file, InputStream input) {
        this.file = file;
        this.input = input;
    }

    /** {@return the line being read, counted from 1} */
    long line() {
        return lineNumber;
    }

    Trace parse() throws IOException {
        while (nextLine()) {
            parseLine();
            lineNumber++;
        }
        if (eventCount == 0) {
            throw TraceException.unreadable(file, "is empty: a trace holds at least one event");
        }
        return new Trace(file, Arrays.copyOf(events, eventCount), Arrays.copyOf(byteSizes, objectCount));
    }

    /** Reads up to the next line end or the end of the file, which may stand for the last line end. */
    private boolean nextLine() throws IOException {
        length = 0;
        while (true) {
            if (position == limit) {
                limit = input.read(buffer);
                position = 0;
                if (limit <= 0) {
                    limit = 0;
                    return length > 0;
                }
            }
            byte next = buffer[position++];
            if (next == '\n') {
                return true;
            }
            if (length == LINE_BYTE_SIZE_MAX) {
                throw malformed("a line of more than " + LINE_BYTE_SIZE_MAX + " bytes");
            }
            line[length++] = next;
        }
    }

    private void parseLine() {
        if (length == 0) {
            throw malformed("a blank line");
        }
        if (length < 3 || line[1] != ' ') {
            throw unexpected();
        }
        int second = indexOfSpace(2);
        switch (line[0]) {
            case 'a' -> {
                if (second < 0 || indexOfSpace(second + 1) >= 0) {
                    throw unexpected();
                }
                allocate(id(second), number(second + 1, length), second);
            }
            case 'f' -> {
                if (second >= 0) {
                    throw unexpected();
                }
                free(id(length));
            }
            default -> throw unexpected();
        }
    }

    private void allocate(long id, long byteSize, int second) {
        if (byteSize < 1 || byteSize > Integer.MAX_VALUE) {
            throw malformed("BYTES must be a number from 1 to " + Integer.MAX_VALUE + ", found \""
                    + text(second + 1, length) + "\"");
        }
        int earlier = table.get(id);
        if (earlier >= 0) {
            throw malformed("object " + id + " is allocated a second time, first on line " + lineOf(earlier));
        }
        table.put(id, objectCount);
        if (objectCount == byteSizes.length) {
            byteSizes = Arrays.copyOf(byteSizes, Math.multiplyExact(objectCount, 2));
            freed = Arrays.copyOf(freed, byteSizes.length);
        }
        byteSizes[objectCount] = (int) byteSize;
        append(objectCount++);
    }

    private void free(long id) {
        int object = table.get(id);
        if (object < 0) {
            throw malformed("object " + id + " is freed but was never allocated");
        }
        if (freed[object]) {
            throw malformed("object " + id + " is freed a second time, first on line " + lineOf(~object));
        }
        freed[object] = true;
        append(~object);
    }

    private void append(int event) {
        if (eventCount == events.length) {
            events = Arrays.copyOf(events, Math.multiplyExact(eventCount, 2));
        }
        events[eventCount++] = event;
    }

    /** Every line is one event, so the place of an event is its line. */
    private long lineOf(int event) {
        for (int index = 0; index < eventCount; index++) {
            if (events[index] == event) {
                return index + 1L;
            }
        }
        throw new AssertionError("no such event: event=" + event);
    }

    private long id(int end) {
        long id = number(2, end);
        if (id == NOT_A_NUMBER) {
            throw malformed("ID must be a number from 0 to " + Long.MAX_VALUE + ", found \"" + text(2, end) + "\"");
        }
        return id;
    }

    /** {@return the decimal number in a part of the line, or {@link #NOT_A_NUMBER}, beyond 63 bits included} */
    private long number(int start, int end) {
        if (start == end) {
            return NOT_A_NUMBER;
        }
        long value = 0;
        for (int index = start; index < end; index++) {
            int digit = line[index] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return NOT_A_NUMBER;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private int indexOfSpace(int start) {
        for (int index = start; index < length; index++) {
            if (line[index] == ' ') {
                return index;
            }
        }
        return -1;
    }

    private TraceException unexpected() {
        return malformed("expected \"a ID BYTES\" or \"f ID\", found \"" + text(0, length) + "\"");
    }

    private TraceException malformed(String problem) {
        return TraceException.malformed(file, lineNumber, problem);
    }

    /** {@return a part of the line for a message; control characters and bytes beyond ASCII are made visible} */
    private String text(int start, int end) {
        StringBuilder text = new StringBuilder();
        for (int index = start; index < end; index++) {
            byte unit = line[index];
            if (unit >= ' ' && unit < 0x7f) {
                text.append((char) unit);
            } else {
                text.append("\\x").append(String.format("%02x", unit & 0xff));
            }
        }
        return text.toString();
    }
}
