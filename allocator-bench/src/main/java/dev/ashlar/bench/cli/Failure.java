package dev.ashlar.bench.cli;

import dev.ashlar.AshlarException;
import dev.ashlar.bench.replay.CorruptionException;
import dev.ashlar.bench.replay.ReplayTooLargeException;
import dev.ashlar.bench.replay.TraceException;
import dev.ashlar.bench.report.ResultFileException;
import dev.ashlar.bench.rivals.RivalException;
import dev.ashlar.bench.secret.SecretRefusedException;
import dev.ashlar.stubs.NativeAccessException;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.stubs.UnsupportedPlatformException;
import picocli.CommandLine;

/**
 * What an exception means to the person at the command line.
 *
 * @param exitCode what the process returns
 * @param sentence what is printed, without a stack trace
 */
record Failure(int exitCode, String sentence) {

    static Failure of(Throwable exception) {
        String message = String.valueOf(exception.getMessage());
        return switch (exception) {
            case TraceException ignored -> new Failure(ExitCode.USAGE, message);
            case ReplayTooLargeException ignored -> new Failure(ExitCode.USAGE, message);
            case ResultFileException ignored -> new Failure(ExitCode.USAGE, message);
            case CorruptionException ignored -> new Failure(ExitCode.FAILED, message);
            case AshlarException ignored -> new Failure(ExitCode.HOST, message);
            case UnsupportedPlatformException ignored -> new Failure(ExitCode.HOST, message);
            case NativeAccessException ignored -> new Failure(ExitCode.HOST, message);
            case SystemCallException ignored -> new Failure(ExitCode.HOST, message);
            case SecretRefusedException ignored -> new Failure(ExitCode.HOST, message);
            case RivalException ignored -> new Failure(ExitCode.HOST, message);
            default -> new Failure(ExitCode.FAILED,
                    "unexpected " + exception.getClass().getName() + ": " + message + " (--stacktrace shows where)");
        };
    }

    /** {@return how every message begins, such as {@code ashlar replay: }} */
    static String prefix(CommandLine line) {
        return line.getCommandSpec().qualifiedName() + ": ";
    }
}
