package dev.ashlar.stubs;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs {@link ChildMain} in a JVM of its own, with flags that this JVM cannot have. */
final class ChildJvm {

    private static final int TIMEOUT_SECONDS = 60;

    private ChildJvm() {}

    /** The result of a child: all its output, with the JVM's warnings, and its exit code. */
    record Outcome(String output, int exitCode) {}

    /** Runs with everything on the class path, as code of the unnamed module. */
    static Outcome onClassPath(List<String> flags, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(flags);
        command.addAll(List.of("-cp", classPath(), ChildMain.class.getName()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** Runs with nothing on the class path but this module's own classes: jnr-posix is not there. */
    static Outcome withoutLibraries(List<String> flags, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(flags);
        command.addAll(List.of("-cp", ownClasses(), ChildMain.class.getName()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** Runs as module dev.ashlar.stubs, which must have been compiled as one. */
    static Outcome asModule(List<String> flags, String... arguments) throws IOException, InterruptedException {
        String module = "dev.ashlar.stubs";
        List<String> command = new ArrayList<>(flags);
        String modulePath = locationOf(Libc.class) + File.pathSeparator + jars("jspecify", "jnr", "jffi", "asm");
        command.addAll(List.of("-p", modulePath,
                "--patch-module", module + "=" + locationOf(ChildMain.class), "--add-modules", "ALL-MODULE-PATH", "-m",
                module + "/" + ChildMain.class.getName()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static Outcome run(List<String> flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-ea"));
        command.addAll(flags);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Flags from the environment would be printed, and might grant the access that the test denies.
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Path output = Files.createTempFile("ashlar-child", ".txt");
        try {
            Process process = builder.redirectOutput(output.toFile()).start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("child did not end: command=" + command + ", output="
                        + Files.readString(output));
            }
            return new Outcome(Files.readString(output, StandardCharsets.UTF_8), process.exitValue());
        } finally {
            Files.delete(output);
        }
    }

    private static String classPath() {
        return ownClasses() + File.pathSeparator + jars("jspecify", "jnr", "jffi", "asm");
    }

    private static String ownClasses() {
        return locationOf(Libc.class) + File.pathSeparator + locationOf(ChildMain.class);
    }

    /** {@return the jars on this JVM's class and module path whose file names begin with one of the prefixes} */
    private static String jars(String... prefixes) {
        return Stream.of("jdk.module.path", "java.class.path")
                .flatMap(property -> Stream.of(System.getProperty(property, "").split(File.pathSeparator, -1)))
                .filter(entry -> Stream.of(prefixes)
                        .anyMatch(prefix -> Path.of(entry).getFileName().toString().startsWith(prefix)))
                .distinct().collect(Collectors.joining(File.pathSeparator));
    }

    /** {@return the root of a class; for a class of a patched module only its resource names the patch} */
    private static String locationOf(Class<?> type) {
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
