package dev.ashlar.bench.cli;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.cli.BenchModule;
import dev.ashlar.tool.cli.Version;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ashlar jmh}: runs the JMH benchmarks in their own JVM. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            BenchModule.JMH_SUMMARY,
            "",
            "'-l' lists the benchmarks, 'PairBenchmark' runs one, '-- -h' shows JMH's own help.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:JMH succeeded", "1:JMH failed, or found nothing to run", "2:wrong options"})
final class JmhCommand implements Callable<Integer> {

    private static final String JMH_MAIN = "org.openjdk.jmh.Main";

    @Parameters(arity = "0..*", paramLabel = "ARG", description = "Arguments for JMH.")
    private List<String> arguments = new ArrayList<>();

    /** Passes unknown options to JMH. */
    @Spec
    void handOnUnknownOptions(CommandSpec spec) {
        spec.parser().unmatchedOptionsArePositionalParams(true);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> command = ChildJvm.command(List.of(), JMH_MAIN, arguments);
        int exitCode = ChildJvm.process(command, Rival.environment()).inheritIO().start().waitFor();
        return exitCode == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}
