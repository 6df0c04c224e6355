package dev.ashlar.tool.child;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM of its own with the same classes. JMH starts its forks with a class path, so this process's module path is
 * handed on as one, to all children alike.
 *
 * <p>Thread-safe: it has no state.
 */
public final class ChildJvm {

    /** A process that was killed ends at once, unless the kernel is busy with it. */
    private static final long END_SECONDS_MAX = 5;

    private ChildJvm() {}

    /** {@return the command that runs a main class in another JVM; native access is granted} */
    public static List<String> command(List<String> jvmOptions, String mainClass, List<String> arguments) {
        return command(List.of(), jvmOptions, mainClass, arguments);
    }

    /** {@return the same command, with some jars before all others on the class path} */
    public static List<String> command(List<Path> first, List<String> jvmOptions, String mainClass,
            List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        // JMH itself and some rivals still use sun.misc.Unsafe; without the last option, each output would begin with a
        // warning.
        command.addAll(List.of("-cp", classPath(first), "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    /** {@return what starts a command with more variables in its environment} */
    public static ProcessBuilder process(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder;
    }

    /**
     * Runs a command to its end, its output in a file.
     *
     * @param environment variables to set
     * @param secondsMax seconds after which the process and its children are ended
     * @return its exit code, or empty if it was ended
     */
    public static OptionalInt run(List<String> command, Map<String, String> environment, Path output,
            long secondsMax) {
        try (ExitAction _ = new ExitAction(ChildJvm::endAll)) {
            Process process = process(command, environment)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            try {
                if (process.waitFor(secondsMax, TimeUnit.SECONDS)) {
                    return OptionalInt.of(process.exitValue());
                }
                return OptionalInt.empty();
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("starting " + command.getFirst(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another JVM runs", interrupted);
        }
    }

    /** Ends all children of this process and theirs, and waits until they have ended. */
    static void endAll() {
        List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
        children.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle child : children) {
            child.onExit().completeOnTimeout(child, END_SECONDS_MAX, TimeUnit.SECONDS).join();
        }
    }

    /** {@return some jars, and each jar and class folder of this process, from its module path and its class path} */
    private static String classPath(List<Path> first) {
        Stream<String> modules = Stream.of(System.getProperty("jdk.module.path", "").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> isFolderOfJars(Path.of(entry)) ? entry + "/*" : entry);
        return Stream.of(first.stream().map(Path::toString), modules,
                Stream.of(System.getProperty("java.class.path", "")))
                .flatMap(Function.identity())
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** An entry of a module path is a jar, a module that is unpacked, or a folder of jars. */
    private static boolean isFolderOfJars(Path entry) {
        return Files.isDirectory(entry) && !Files.exists(entry.resolve("module-info.class"));
    }
}
