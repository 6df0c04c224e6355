package dev.ashlar.tool.exit;

/** The exit codes of the process. Scripts depend on the numbers, so they never change their meaning. */
public final class ExitCode {

    /** The command did its work, and each check passed. */
    public static final int OK = 0;
    /** A check failed, or a demonstrated property does not hold. */
    public static final int FAILED = 1;
    /** The options are wrong, or the input cannot be read. */
    public static final int USAGE = 2;
    /** This host cannot do what was asked. */
    public static final int HOST = 3;

    private ExitCode() {}
}
