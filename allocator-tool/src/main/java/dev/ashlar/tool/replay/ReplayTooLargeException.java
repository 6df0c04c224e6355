package dev.ashlar.tool.replay;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;

/** No heap can hold what a replay was asked to keep alive at once. */
public final class ReplayTooLargeException extends CommandException {

    private static final long serialVersionUID = 1L;

    ReplayTooLargeException(String message) {
        super(ExitCode.USAGE, message);
    }
}
