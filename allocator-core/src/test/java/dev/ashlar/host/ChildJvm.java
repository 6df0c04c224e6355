package dev.ashlar.host;

import dev.ashlar.stubs.FaultyCalls;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a test class in a JVM of its own: with flags and limits that this JVM cannot have, or to observe its death. */
public final class ChildJvm {
    /** Exit code of a process that a signal ended is this plus the signal's number. */
    public static final int SIGNALLED = 128;

    private final Class<?> main;
    private final List<String> flags = new ArrayList<>();
    private final List<String> launcher = new ArrayList<>();
    private String shellPrefix = "";
    private int timeoutSeconds = 60;

    private ChildJvm(Class<?> main) {
        this.main = main;
        flags.addAll(List.of("-ea", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        // A child that crashes on purpose must not leave files.
        flags.add("-XX:+SuppressFatalErrorMessage");
    }

    /** The result of a child: all its output, with the JVM's warnings, and its exit code. */
    public record Outcome(String output, int exitCode) {}

    /** A child as part of module dev.ashlar. It has only the native access that {@link #flags} gives. */
    public static ChildJvm ofModule(Class<?> main) {
        ChildJvm child = new ChildJvm(main);
        String module = main.getModule().getName();
        child.flags.addAll(List.of(
                "-p",
                System.getProperty("jdk.module.path"),
                "--patch-module",
                module + "=" + folderOf(main),
                "--patch-module",
                "dev.ashlar.stubs=" + folderOf(FaultyCalls.class),
                "--add-modules",
                "ALL-MODULE-PATH"));
        return child;
    }

    /** A child that has everything on the class path. */
    public static ChildJvm onClassPath(Class<?> main) {
        ChildJvm child = new ChildJvm(main);
        String path = Stream.of(System.getProperty("jdk.module.path"), folderOf(main), folderOf(FaultyCalls.class))
                .collect(Collectors.joining(File.pathSeparator));
        child.flags.addAll(List.of("-cp", path));
        return child;
    }

    /** Adds flags of the JVM. */
    public ChildJvm flags(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    /** Gives the child the libraries of the tests too. */
    public ChildJvm withTestLibraries() {
        int classPath = flags.indexOf("-cp") + 1;
        if (classPath > 0) {
            String own = flags.get(classPath);
            flags.set(classPath, own + File.pathSeparator + System.getProperty("java.class.path"));
            return this;
        }
        String module = main.getModule().getName();
        return flags("-cp", System.getProperty("java.class.path"), "--add-reads", module + "=ALL-UNNAMED");
    }

    /** Gives the module's native access. */
    public ChildJvm nativeAccess() {
        return flags("--enable-native-access=dev.ashlar,dev.ashlar.stubs");
    }

    /** Limits the child by the shell's ulimit command, for example {@code -v 4000000}. */
    public ChildJvm limit(String options) {
        shellPrefix += "ulimit " + options + " && ";
        return this;
    }

    /** Removes root's right to lock any amount of memory from the child; this needs setpriv(1). */
    public ChildJvm boundByLockLimit() {
        if (System.getProperty("user.name").equals("root")) {
            through(List.of("setpriv", "--bounding-set=-ipc_lock", "--"));
        }
        return this;
    }

    /** Starts the child by another program, which is given the child's command line as further arguments. */
    public ChildJvm through(List<String> program) {
        launcher.addAll(program);
        return this;
    }

    /** Starts the child in a folder. */
    public ChildJvm in(Path folder) {
        return through(List.of("env", "--chdir=" + folder));
    }

    /** Changes how long the child may run, from one minute. */
    public ChildJvm timeoutSeconds(int seconds) {
        timeoutSeconds = seconds;
        return this;
    }

    /** Runs the class's main method to its end. */
    public Outcome run(String... arguments) {
        List<String> command = command(arguments);
        try {
            return run(command);
        } catch (IOException e) {
            throw new UncheckedIOException("running " + command, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + command, e);
        }
    }

    /** Starts the class's main method. The caller ends it. */
    public Running start(String... arguments) throws IOException {
        return new Running(new ProcessBuilder(command(arguments)).redirectErrorStream(true).start());
    }

    /** A child that runs. */
    public record Running(Process process) {
        /** {@return its process id} */
        public long pid() {
            return process.pid();
        }

        /** Reads its output up to a line. */
        public void awaitLine(String line) throws IOException {
            BufferedReader lines = process.inputReader();
            for (String read = lines.readLine(); !line.equals(read); read = lines.readLine()) {
                if (read == null) {
                    throw new AssertionError("the child ended before it printed " + line);
                }
            }
        }

        /** Ends it. */
        public void kill() {
            process.destroyForcibly();
        }
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", "ulimit -c 0 && " + shellPrefix + "exec \"$@\"", "sh"));
        command.addAll(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        boolean asModule = flags.contains("-p");
        command.addAll(
                asModule
                        ? List.of("-m", main.getModule().getName() + "/" + main.getName())
                        : List.of(main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Outcome run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("ashlar-child", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // Flags from the environment would be printed, and might grant the access that the test denies.
            builder.environment().remove("JDK_JAVA_OPTIONS");
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            Process process = builder.redirectOutput(output.toFile()).start();
            if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError("child did not end: " + command + ": " + Files.readString(output));
            }
            return new Outcome(Files.readString(output), process.exitValue());
        } finally {
            Files.delete(output);
        }
    }

    /** {@return the root of a class; for a class of a patched module only its resource names the patch} */
    private static String folderOf(Class<?> type) {
        try {
            Path file = Path.of(type.getResource(type.getSimpleName() + ".class").toURI());
            for (int depth = type.getName().split("\\.", -1).length; depth > 0; depth--) {
                file = file.getParent();
            }
            return file.toString();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
