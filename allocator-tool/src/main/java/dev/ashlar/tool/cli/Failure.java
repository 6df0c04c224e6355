package dev.ashlar.tool.cli;

import dev.ashlar.report.AshlarException;
import dev.ashlar.stubs.NativeAccessException;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.stubs.UnsupportedPlatformException;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import picocli.CommandLine;

/**
 * What an exception means to the user of the command line.
 *
 * @param exitCode what the process returns
 * @param sentence what is printed, without a stack trace
 */
record Failure(int exitCode, String sentence) {

    static Failure of(Throwable exception) {
        String message = String.valueOf(exception.getMessage());
        return switch (exception) {
            case CommandException expected -> new Failure(expected.exitCode(), message);
            case AshlarException _,UnsupportedPlatformException _,NativeAccessException _,SystemCallException _ ->
                    new Failure(ExitCode.HOST, message);
            default -> new Failure(ExitCode.FAILED,
                    "unexpected " + exception.getClass().getName() + ": " + message + " (--stacktrace shows where)");
        };
    }

    /** {@return how every message begins, such as {@code ashlar replay: }} */
    static String prefix(CommandLine line) {
        return line.getCommandSpec().qualifiedName() + ": ";
    }
}
