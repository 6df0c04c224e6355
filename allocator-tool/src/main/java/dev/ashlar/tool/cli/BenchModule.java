package dev.ashlar.tool.cli;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import picocli.CommandLine.Command;

/**
 * The commands of the bench module, as far as the tool knows them: their names and summaries, so that
 * {@code ashlar --help} lists all commands. The launcher starts the bench module for them.
 */
public final class BenchModule {

    /** The summary of {@code ashlar bench}. */
    public static final String BENCH_SUMMARY =
            "Measures Ashlar and its rivals side by side and checks the ratios against the targets.";

    /** The summary of {@code ashlar jmh}. */
    public static final String JMH_SUMMARY = "Runs the JMH benchmarks. All arguments go to JMH.";

    private BenchModule() {}

    /** {@code ashlar bench} without the bench module. */
    @Command(name = "bench", description = BENCH_SUMMARY, mixinStandardHelpOptions = true)
    static final class Bench implements Runnable {
        @Override
        public void run() {
            throw notHere("bench");
        }
    }

    /** {@code ashlar jmh} without the bench module. */
    @Command(name = "jmh", description = JMH_SUMMARY, mixinStandardHelpOptions = true)
    static final class Jmh implements Runnable {
        @Override
        public void run() {
            throw notHere("jmh");
        }
    }

    private static CommandException notHere(String command) {
        return new CommandException(ExitCode.USAGE, "the bench module is not on the module path: use the launcher"
                + " './ashlar " + command + "', or start the module dev.ashlar.bench");
    }
}
