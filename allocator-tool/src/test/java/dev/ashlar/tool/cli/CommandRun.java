package dev.ashlar.tool.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/**
 * What one execution of the command in this process printed and returned.
 *
 * @param exitCode what the process would return
 * @param out the text on the output
 * @param err the text on the error stream
 */
record CommandRun(int exitCode, String out, String err) {

    static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Ashlar.commandLine(new BenchModule.Bench(), new BenchModule.Jmh())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
        return new CommandRun(command.execute(arguments), out.toString(), err.toString());
    }
}
