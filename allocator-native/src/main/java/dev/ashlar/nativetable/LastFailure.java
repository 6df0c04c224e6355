package dev.ashlar.nativetable;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the last failed call of each thread threw. */
final class LastFailure {
    private static final ThreadLocal<@Nullable Throwable> FAILURE = new ThreadLocal<>();

    private LastFailure() {}

    static void keep(Throwable thrown) {
        FAILURE.set(thrown);
    }

    /**
     * Writes the text of the current thread's failure, cut to the buffer, with a zero at its end.
     *
     * @return the length of the whole text, without the zero
     */
    static long write(long buffer, long byteSize) {
        Throwable thrown = FAILURE.get();
        byte[] text = (thrown == null ? "" : text(thrown)).getBytes(StandardCharsets.UTF_8);
        if (buffer != 0 && byteSize != 0) {
            int count = Long.compareUnsigned(byteSize, text.length) > 0
                    ? text.length
                    : startOfCharacter(text, (int) byteSize - 1);
            Words.put(buffer, text, count);
            Words.putZero(buffer + count);
        }
        return text.length;
    }

    private static String text(Throwable thrown) {
        String message = thrown.getMessage();
        return message != null && Status.of(thrown) != Status.FAULT ? message : thrown.toString();
    }

    /** {@return the last index, up to a given one, at which a character starts} */
    private static int startOfCharacter(byte[] text, int index) {
        int start = index;
        while (start > 0 && (text[start] & 0xC0) == 0x80) {
            start--;
        }
        return start;
    }
}
