package dev.ashlar.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a program of the host, such as perf or gdb. */
public final class Program {
    private static final int TIMEOUT_SECONDS = 120;

    private final List<String> words;

    private Program(List<String> words) {
        this.words = words;
    }

    /** Skips the test if a program is not there; fails it if tools are required, as in CI. */
    public static void require(String name, String packageName) {
        require(Stream.of(System.getenv("PATH").split(":")).anyMatch(
                folder -> Files.isExecutable(Path.of(folder, name))), name, packageName);
    }

    /** Skips or fails the test if a library is not there, as {@link #require} does. */
    public static void requireLibrary(String name, String packageName) {
        boolean isThere;
        try {
            isThere = command("/sbin/ldconfig", "-p").run().contains(name);
        } catch (UncheckedIOException absent) {
            isThere = false;
        }
        require(isThere, name, packageName);
    }

    private static void require(boolean isThere, String name, String packageName) {
        String absent = "needs " + name + ": install package " + packageName;
        if (!isThere && "true".equals(System.getenv("ASHLAR_TOOLS_REQUIRED"))) {
            throw new AssertionError(absent);
        }
        assumeTrue(isThere, absent);
    }

    /** {@return a program with arguments} */
    public static Program command(String... words) {
        return new Program(new ArrayList<>(List.of(words)));
    }

    /** Adds arguments. */
    public Program with(String[] more) {
        words.addAll(List.of(more));
        return this;
    }

    /** Adds arguments. */
    public Program and(String... more) {
        return with(more);
    }

    /** {@return the command line} */
    public List<String> words() {
        return words;
    }

    /** {@return all output of the program, which must end with exit code 0} */
    public String run() {
        try {
            Path output = Files.createTempFile("ashlar-program", ".txt");
            try {
                Process process = new ProcessBuilder(words).redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(output.toFile()).start();
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("did not end: " + words + ": " + Files.readString(output));
                }
                String text = new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1);
                if (process.exitValue() != 0) {
                    throw new AssertionError("exit code " + process.exitValue() + ": " + words + ": " + text);
                }
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("running " + words, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + words, e);
        }
    }
}
