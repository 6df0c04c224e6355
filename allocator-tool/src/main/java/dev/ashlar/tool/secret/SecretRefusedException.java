package dev.ashlar.tool.secret;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;

/** The host did not give a contender what it needs; the message says what and why. */
public final class SecretRefusedException extends CommandException {

    private static final long serialVersionUID = 1L;

    SecretRefusedException(String contender, String reason) {
        super(ExitCode.HOST, contender + ": " + reason);
    }
}
