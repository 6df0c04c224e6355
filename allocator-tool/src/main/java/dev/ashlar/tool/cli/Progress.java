package dev.ashlar.tool.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Shows on the error stream which step runs. On a terminal, each step overwrites the line of the one before. In a file,
 * a line appears at most every two seconds.
 */
public final class Progress implements Consumer<String>, AutoCloseable {

    private static final long QUIET_NANOS = 2_000_000_000L;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean interactive;
    private final LongSupplier clock;
    private final String subject;
    private long lastNanos;

    public Progress(PrintWriter out, Terminal terminal, String subject) {
        this(out, terminal, subject, System::nanoTime);
    }

    Progress(PrintWriter out, Terminal terminal, String subject, LongSupplier clock) {
        this.out = out;
        this.interactive = terminal.interactive();
        this.clock = clock;
        this.subject = subject;
        this.lastNanos = clock.getAsLong();
    }

    @Override
    public void accept(String step) {
        if (interactive) {
            out.print(ERASE_LINE + subject + ": " + step + " ...");
            out.flush();
        } else if (clock.getAsLong() - lastNanos >= QUIET_NANOS) {
            lastNanos = clock.getAsLong();
            out.println(subject + ": " + step + " ...");
            out.flush();
        }
    }

    /** Erases the line on a terminal. */
    @Override
    public void close() {
        if (interactive) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }
}
