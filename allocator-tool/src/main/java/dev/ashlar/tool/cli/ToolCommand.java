package dev.ashlar.tool.cli;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The common part of the commands: help, progress on the error stream, and a result as text or as JSON. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n")
abstract class ToolCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final Ansi ansi() {
        return spec.commandLine().getColorScheme().ansi();
    }

    /** {@return what every message of the command begins with} */
    final String prefix() {
        return prefix(spec.commandLine());
    }

    /** {@return how every message of a command line begins, such as {@code ashlar replay: }} */
    static String prefix(CommandLine line) {
        return line.getCommandSpec().qualifiedName() + ": ";
    }

    /** Does the work of the command and shows its steps. */
    final <T> T withProgress(String subject, Function<Consumer<String>, T> work) {
        try (Progress progress = new Progress(err(), Terminal.error(), subject)) {
            return work.apply(progress);
        }
    }

    /** {@return what options say together; reports an illegal argument as wrong use of the command} */
    final <T> T options(Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException wrong) {
            throw wrongUse(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /** {@return the arguments of the process, from the name of the command on} */
    final List<String> wholeCommandLine() {
        return spec.commandLine().getParseResult().originalArgs();
    }

    final ParameterException wrongUse(String message, @Nullable Exception cause) {
        return new ParameterException(spec.commandLine(), message, cause);
    }

    final void print(List<String> lines) {
        PrintWriter out = spec.commandLine().getOut();
        lines.forEach(out::println);
        if (out.checkError()) {
            throw new CommandException(
                    ExitCode.FAILED, "the output could not be written (is the disk full, or the reader gone?)");
        }
    }
}
