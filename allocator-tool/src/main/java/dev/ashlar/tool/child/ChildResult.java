package dev.ashlar.tool.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The result of a child JVM.
 *
 * @param answer what it answered, or what it had answered when it failed
 * @param failure why it failed; empty if it did not
 */
public record ChildResult(Answer answer, Optional<String> failure) {

    /** An exception's line as the JVM prints it. */
    private static final Pattern THROWN = Pattern.compile(
            "(?m)^(?:Exception in thread \\S+ )?([a-z][\\w.$]*\\.\\w+(?:Exception|Error))(?:: (.*))?$");

    /**
     * Runs a command in a child JVM to its end. Its files lie in a temporary folder, which is removed.
     *
     * @param command as {@link ChildJvm#command} makes it
     * @param environment variables to set
     * @param secondsMax seconds after which the child is ended
     */
    public static ChildResult of(List<String> command, Map<String, String> environment, long secondsMax) {
        try {
            Path folder = Path.of(System.getProperty("java.io.tmpdir"), "ashlar-child-" + UUID.randomUUID());
            Path answer = folder.resolve("answer.jsonl");
            Path output = folder.resolve("output.txt");
            try (ExitAction _ = new ExitAction(() -> endAndDelete(answer, output, folder))) {
                Files.createDirectory(folder);
                Map<String, String> variables = new TreeMap<>(environment);
                variables.put(Answer.VARIABLE, answer.toString());
                OptionalInt exitCode = ChildJvm.run(command, variables, output, secondsMax);
                return new ChildResult(Answer.read(answer), failure(exitCode, output, secondsMax));
            } finally {
                delete(answer, output, folder);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("the files of a child JVM", failed);
        }
    }

    /** Children first: they would make the files anew. */
    private static void endAndDelete(Path... files) {
        ChildJvm.endAll();
        try {
            delete(files);
        } catch (IOException stays) {
            // The process is ending: no caller is left to report to.
        }
    }

    private static void delete(Path... files) throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    private static Optional<String> failure(OptionalInt exitCode, Path output, long secondsMax) throws IOException {
        if (exitCode.isEmpty()) {
            return Optional.of("no result within " + secondsMax + " seconds");
        }
        return exitCode.getAsInt() == 0
                ? Optional.empty()
                : Optional.of(reason(Files.readString(output), exitCode.getAsInt()));
    }

    /** {@return why a process failed: the message of the first exception in its output, or its last line} */
    static String reason(String output, int exitCode) {
        Matcher thrown = THROWN.matcher(output);
        if (thrown.find()) {
            return thrown.group(2) == null ? thrown.group(1) : thrown.group(2).strip();
        }
        String last = output.lines().filter(line -> !line.isBlank()).reduce((_, line) -> line).orElse("no output");
        return "exit code " + exitCode + ": " + last.strip();
    }
}
