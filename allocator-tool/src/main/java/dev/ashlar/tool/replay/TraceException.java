package dev.ashlar.tool.replay;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;

/** A trace cannot be read: which file, which line, and what is wrong with it. */
public final class TraceException extends CommandException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final long line;

    private TraceException(String file, long line, String problem) {
        super(ExitCode.USAGE, file + (line > 0 ? ":" + line : "") + ": " + problem);
        this.file = file;
        this.line = line;
    }

    static TraceException unreadable(String file, String problem) {
        return new TraceException(file, 0, problem);
    }

    static TraceException malformed(String file, long line, String problem) {
        assert line > 0 : "line=" + line;
        return new TraceException(file, line, problem);
    }

    /** {@return the file, as it was named} */
    public String file() {
        return file;
    }

    /** {@return the line, counted from 1; 0 where the file as a whole could not be read} */
    public long line() {
        return line;
    }
}
