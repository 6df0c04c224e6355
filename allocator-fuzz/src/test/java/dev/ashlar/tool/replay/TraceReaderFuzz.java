package dev.ashlar.tool.replay;

import dev.ashlar.tool.exit.CommandException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.GZIPOutputStream;

/**
 * Reads any bytes as a trace file, plain and compressed. Either the reader refuses them with a
 * {@link CommandException}, or the trace frees each object at most once, and after its allocation. Both forms of a text
 * have the same result.
 */
public final class TraceReaderFuzz {
    private static final String FILE = "any.trace";

    private TraceReaderFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        String asItIs = read(input);
        if (asItIs.contains("gzip data")) {
            // The text of a damaged file is not known.
            return;
        }
        boolean isText = input.length < 2 || input[0] != 0x1f || input[1] != (byte) 0x8b;
        if (isText && !read(gzip(input)).equals(asItIs)) {
            throw new AssertionError("plain: " + asItIs + ", compressed: " + read(gzip(input)));
        }
    }

    /** {@return the events, or why there are none} */
    private static String read(byte[] file) {
        try {
            Trace trace = TraceReader.read(FILE, new ByteArrayInputStream(file));
            requireValid(trace);
            StringBuilder events = new StringBuilder();
            for (int index = 0; index < trace.eventCount(); index++) {
                events.append(trace.event(index)).append(' ');
            }
            return events.toString();
        } catch (CommandException refused) {
            if (!refused.getMessage().startsWith(FILE)) {
                throw new AssertionError("does not name the file", refused);
            }
            return refused.getMessage();
        }
    }

    private static void requireValid(Trace trace) {
        BitSet live = new BitSet();
        int allocated = 0;
        long liveByteSize = 0;
        long peak = 0;
        for (int index = 0; index < trace.eventCount(); index++) {
            int event = trace.event(index);
            if (event >= 0 ? event != allocated : !live.get(~event)) {
                throw new AssertionError("event " + index + " of " + trace.eventCount() + " is " + event);
            }
            if (event >= 0) {
                allocated++;
                live.set(event);
                liveByteSize += trace.byteSize(event);
                peak = Math.max(peak, liveByteSize);
            } else {
                live.clear(~event);
                liveByteSize -= trace.byteSize(~event);
            }
        }
        if (allocated != trace.allocationCount() || peak != trace.peakLiveByteSize() || allocated == 0
                || trace.freeCount() != allocated - live.cardinality()) {
            throw new AssertionError("the totals do not match the events: " + Arrays.asList(
                    trace.allocationCount(), allocated, trace.peakLiveByteSize(), peak, trace.freeCount()));
        }
    }

    private static byte[] gzip(byte[] text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
