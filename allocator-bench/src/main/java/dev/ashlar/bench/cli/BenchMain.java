package dev.ashlar.bench.cli;

import dev.ashlar.tool.cli.Ashlar;

/** Starts {@code ashlar bench} and {@code ashlar jmh}; the launcher hands these two commands to this module. */
public final class BenchMain {

    private BenchMain() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Ashlar.run(arguments, new BenchCommand(), new JmhCommand());
    }
}
