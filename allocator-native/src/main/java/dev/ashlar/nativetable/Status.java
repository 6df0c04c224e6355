package dev.ashlar.nativetable;

import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapDamagedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;

/** What a function of the table returns: the codes of {@code ashlar_status} in the header. */
enum Status {
    OK(0),
    BAD_ARGUMENT(1),
    WRONG_ADDRESS(2),
    NO_ROOM(3),
    NOT_REACHABLE(4),
    REFUSED(5),
    CLOSED(6),
    UNUSABLE(7),
    NO_JAVA_MEMORY(8),
    NO_STACK(9),
    FAULT(10);

    private final int code;

    Status(int code) {
        this.code = code;
    }

    /** {@return the number that native code sees} */
    int code() {
        return code;
    }

    static {
        // The classes that an Error needs are there before it comes.
        var _ = of(new IllegalStateException());
    }

    /** {@return what becomes of what was thrown} No switch over patterns: linking one may fail for lack of memory. */
    static Status of(Throwable thrown) {
        if (thrown instanceof TableException refused) {
            return refused.status();
        }
        if (thrown instanceof StackOverflowError) {
            return NO_STACK;
        }
        if (thrown instanceof OutOfMemoryError) {
            return NO_JAVA_MEMORY;
        }
        if (thrown instanceof WrongAddressException) {
            return WRONG_ADDRESS;
        }
        if (thrown instanceof HeapExhaustedException) {
            return NO_ROOM;
        }
        return thrown instanceof HeapClosedException ? CLOSED : ofTheRest(thrown);
    }

    private static Status ofTheRest(Throwable thrown) {
        if (thrown instanceof IllegalArgumentException) {
            return BAD_ARGUMENT;
        }
        if (thrown instanceof NotReachableException) {
            return NOT_REACHABLE;
        }
        if (thrown instanceof WritePathException || thrown instanceof UnsupportedHostException) {
            return REFUSED;
        }
        return thrown instanceof HeapDamagedException || thrown instanceof ForkedProcessException ? UNUSABLE : FAULT;
    }
}
