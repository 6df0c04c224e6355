package dev.ashlar.nativetable;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The open tables by number. A number is never used again. */
final class OpenTables {
    private static volatile @Nullable HeapCalls[] calls = {};

    private OpenTables() {}

    /** {@return the number of a new table, at least 1} */
    static synchronized long open(HeapCalls opened) {
        @Nullable HeapCalls[] longer = Arrays.copyOf(calls, calls.length + 1);
        longer[calls.length] = opened;
        calls = longer;
        return longer.length;
    }

    /** Forgets a table. Pre: the number was returned by {@link #open}. */
    static synchronized void close(long number) {
        @Nullable HeapCalls[] others = calls.clone();
        others[(int) number - 1] = null;
        calls = others;
    }

    /** {@return the calls of an open table} */
    static HeapCalls of(long number) {
        @Nullable HeapCalls[] all = calls;
        HeapCalls found = number > 0 && number <= all.length ? all[(int) number - 1] : null;
        if (found == null) {
            throw TableException.closed(number);
        }
        return found;
    }
}
