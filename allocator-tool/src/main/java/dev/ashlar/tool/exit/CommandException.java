package dev.ashlar.tool.exit;

/** Ends a command with an exit code and one sentence for the user. */
public class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * Makes an exception.
     *
     * @param exitCode a constant of {@link ExitCode}
     * @param message the sentence that is printed
     */
    public CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** {@return what the process returns, a constant of {@link ExitCode}} */
    public final int exitCode() {
        return exitCode;
    }
}
