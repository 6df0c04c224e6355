package dev.ashlar.tool.cli;

import dev.ashlar.llvm.report.LlvmException;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import dev.ashlar.report.AshlarException;
import dev.ashlar.stubs.NativeAccess;
import dev.ashlar.stubs.NativeAccessException;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.stubs.UnsupportedPlatformException;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.io.PrintWriter;
import java.lang.invoke.MethodHandles;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself: the common part of all subcommands. Turns an exception into a sentence and an exit code. */
@Command(
        name = "ashlar",
        description = "Executable memory for the JVM in huge pages that stay whole: see it, check it, measure it.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {DemoCommand.class, DoctorCommand.class, ReplayCommand.class, PermissionsCommand.class,
            SecretCommand.class, SoakCommand.class, ExplainCommand.class, RunCommand.class},
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, and each check passed",
            "1:a check failed",
            "2:wrong options, or input that cannot be read",
            "3:this host cannot provide what was asked"
        })
public final class Ashlar implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Show where in the code an error arose.")
    private boolean stackTrace;

    private Ashlar() {}

    /** Runs a command of the tool and ends the process with its exit code. */
    public static void main(String[] arguments) {
        run(arguments, new BenchModule.Bench(), new BenchModule.Jmh());
    }

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param arguments the command line
     * @param benchCommands the commands of the bench module: picocli commands
     */
    public static void run(String[] arguments, Object... benchCommands) {
        // Numbers and words are the same on every host: output is read by scripts too.
        Locale.setDefault(Locale.ROOT);
        // Explicit writers: picocli's own would take the platform's encoding and lose block characters.
        CommandLine command = commandLine(benchCommands)
                .setOut(new PrintWriter(System.out, true, charset("stdout.encoding")))
                .setErr(new PrintWriter(System.err, true, charset("stderr.encoding")))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.output().ansi()));
        int exitCode = command.execute(arguments);
        command.getErr().flush();
        // Help is not printed by a command, so it is checked here, too.
        boolean lost = command.getOut().checkError();
        System.exit(lost && exitCode == ExitCode.OK ? ExitCode.FAILED : exitCode);
    }

    /**
     * {@return the command, ready to be executed; a test sets its own writers}
     *
     * @param benchCommands the commands of the bench module
     */
    public static CommandLine commandLine(Object... benchCommands) {
        Ashlar top = new Ashlar();
        CommandLine command = new CommandLine(top);
        for (Object benchCommand : benchCommands) {
            command.addSubcommand(benchCommand);
        }
        // An argument of a program that ashlar runs may start with an at sign.
        command.setExpandAtFiles(false);
        command.setParameterExceptionHandler(Ashlar::rejected);
        command.setExecutionExceptionHandler(
                (exception, line, parsed) -> top.failed(exception, line, parsed.originalArgs()));
        command.setExecutionStrategy(parsed -> {
            requireHost(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        return command;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /** Runs before Ashlar touches native memory, so that a refusal is a sentence and not a failed initializer. */
    private static void requireHost(CommandLine.ParseResult parsed) {
        if (parsed.hasSubcommand() && !isHelp(parsed.subcommand())) {
            CommandLine subcommand = parsed.subcommand().commandSpec().commandLine();
            try {
                Platform.requireSupported();
                NativeAccess.require(MethodHandles.lookup());
            } catch (RuntimeException refused) {
                throw new CommandLine.ExecutionException(subcommand, refused.getMessage(), refused);
            }
        }
    }

    private static boolean isHelp(CommandLine.ParseResult parsed) {
        return parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
    }

    private static int rejected(ParameterException exception, String[] arguments) {
        CommandLine line = exception.getCommandLine();
        PrintWriter err = line.getErr();
        err.println(ToolCommand.prefix(line) + exception.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(exception, err)) {
            err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        }
        err.flush();
        FailureJson.print(line, List.of(arguments), String.valueOf(exception.getMessage()), ExitCode.USAGE);
        return ExitCode.USAGE;
    }

    private int failed(Exception exception, CommandLine line, List<String> arguments) {
        OptionalInt expected = switch (exception) {
            case CommandException known -> OptionalInt.of(known.exitCode());
            case LlvmUnavailableException _ -> OptionalInt.of(ExitCode.HOST);
            case LlvmException _ -> OptionalInt.of(ExitCode.USAGE);
            case AshlarException _,UnsupportedPlatformException _,NativeAccessException _,SystemCallException _ ->
                    OptionalInt.of(ExitCode.HOST);
            default -> OptionalInt.empty();
        };
        PrintWriter err = line.getErr();
        String message = expected.isPresent()
                ? String.valueOf(exception.getMessage())
                : "unexpected " + exception + " (--stacktrace shows where)";
        err.println(ToolCommand.prefix(line) + message);
        if (stackTrace) {
            exception.printStackTrace(err);
        }
        err.flush();
        int exitCode = expected.orElse(ExitCode.FAILED);
        FailureJson.print(line, arguments, message, exitCode);
        return exitCode;
    }

    private static Charset charset(String property) {
        return Charset.forName(System.getProperty(property, "UTF-8"), Charset.defaultCharset());
    }
}
