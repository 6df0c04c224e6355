package dev.ashlar.bench.cli;

import dev.ashlar.bench.rivals.Rival;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ashlar jmh}: runs the JMH benchmarks in a JVM of their own. JMH starts its forks with a class path, so this
 * process's module path is handed on as one.
 */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Runs the JMH benchmarks. All arguments go to JMH: '-l' lists them, 'PairBenchmark' runs one,"
                    + " '-- -h' shows JMH's own help.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:JMH ended well", "1:it did not, or there is nothing to run", "2:wrong options"})
final class JmhCommand implements Callable<Integer> {

    private static final String JMH_MAIN = "org.openjdk.jmh.Main";

    @Parameters(arity = "0..*", paramLabel = "ARG", description = "Arguments for JMH.")
    private List<String> arguments = new ArrayList<>();

    /** What is not an option of ours is JMH's. */
    @Spec
    void handOnUnknownOptions(CommandSpec spec) {
        spec.parser().unmatchedOptionsArePositionalParams(true);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(classPath());
        command.add("--enable-native-access=ALL-UNNAMED");
        // JMH itself still uses sun.misc.Unsafe: its warning would stand above every result.
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add(JMH_MAIN);
        command.addAll(arguments);
        ProcessBuilder jmh = new ProcessBuilder(command).inheritIO();
        jmh.environment().putAll(Rival.environmentForAll());
        int exitCode = jmh.start().waitFor();
        return exitCode == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    /** {@return every jar and class folder that this process has, on whichever path} */
    private static String classPath() throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("jdk.module.path", "").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (entry.isEmpty() || !Files.isDirectory(path)) {
                entries.add(entry);
                continue;
            }
            // An entry of a module path may be one module, unpacked, or a folder of jars and of such modules.
            if (Files.exists(path.resolve("module-info.class"))) {
                entries.add(entry);
                continue;
            }
            try (Stream<Path> files = Files.list(path)) {
                files.filter(file -> file.toString().endsWith(".jar")
                        || Files.exists(file.resolve("module-info.class")))
                        .map(Path::toString)
                        .sorted()
                        .forEach(entries::add);
            }
        }
        entries.add(System.getProperty("java.class.path", ""));
        return String.join(File.pathSeparator, entries.stream().filter(entry -> !entry.isEmpty()).toList());
    }
}
