package dev.ashlar.bench.report;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;

/** A file is not a result of {@code ashlar bench}; the message names it. */
public final class ResultFileException extends CommandException {

    private static final long serialVersionUID = 1L;

    ResultFileException(String message, Throwable cause) {
        super(ExitCode.USAGE, message);
        initCause(cause);
    }
}
