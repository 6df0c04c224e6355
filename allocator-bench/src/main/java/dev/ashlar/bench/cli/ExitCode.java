package dev.ashlar.bench.cli;

/** What the process returns. Scripts depend on the numbers: they never change their meaning. */
final class ExitCode {

    static final int OK = 0;
    /** What was to be shown or checked does not hold. */
    static final int FAILED = 1;
    /** Wrong options, or input that cannot be read. */
    static final int USAGE = 2;
    /** This host cannot give what was asked. */
    static final int HOST = 3;

    private ExitCode() {}
}
