package dev.ashlar.tool.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a command prints on stdout if it fails and JSON was asked for: one line, so that a script can read it.
 *
 * @param command the command, such as {@code ashlar replay}
 * @param error what went wrong, as on stderr
 * @param exitCode the exit code of the process
 */
record FailureJson(String command, String error, int exitCode) {
    private static final String OPTION = "--json";

    /** Prints the failure if the arguments ask for JSON on stdout. They may be wrong and not parsed. */
    static void print(CommandLine line, List<String> arguments, String error, int exitCode) {
        if (asksForJson(line, arguments)) {
            PrintWriter out = line.getOut();
            out.println(Json.line(new FailureJson(line.getCommandSpec().qualifiedName(), error, exitCode)));
            out.flush();
        }
    }

    private static boolean asksForJson(CommandLine line, List<String> arguments) {
        OptionSpec option = line.getCommandSpec().findOption(OPTION);
        int index = arguments.indexOf(OPTION);
        if (option == null || index < 0 || option.arity().min() > 0) {
            // Without the option, or with a file that it needs, stdout is not for JSON.
            return false;
        }
        boolean namesFile = option.arity().max() > 0
                && index + 1 < arguments.size()
                && !arguments.get(index + 1).startsWith("-");
        return !namesFile;
    }
}
