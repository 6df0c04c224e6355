package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.exit.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the process ends if its output is lost, if it is interrupted, or if it fails and JSON was asked for. */
final class ProcessTest {
    private static final int SIGINT = 2;

    @TempDir
    private Path folder;

    private ProcessBuilder ashlar(String... arguments) {
        return new ProcessBuilder(ChildJvm.command(
                List.of("-Djava.io.tmpdir=" + folder, "-XX:+UseSerialGC"), Ashlar.class.getName(), List.of(arguments)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor", "--help"})
    void outputThatIsLostIsAFailure(String argument) throws IOException, InterruptedException {
        Process process = ashlar(argument)
                .redirectOutput(new File("/dev/full"))
                .redirectError(folder.resolve("err").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void anInterruptEndsTheChildrenAndLeavesNoFolder() throws IOException, InterruptedException {
        // A shell starts background jobs so that they ignore SIGINT.
        boolean isIgnored = ignoresInterrupts();
        String signal = isIgnored ? "TERM" : "INT";
        int exitCode = isIgnored ? 143 : 130;
        Process process = ashlar("permissions", "--functions", "2000")
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        while (leftovers().isEmpty() || process.descendants().findAny().isEmpty()) {
            assertThat(process.isAlive()).as(Files.readString(folder.resolve("err"))).isTrue();
            Thread.sleep(10);
        }
        List<ProcessHandle> children = process.descendants().toList();
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exitCode);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(leftovers()).isEmpty();
    }

    /** {@return whether this process, and so its children, ignore SIGINT} */
    private static boolean ignoresInterrupts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring("SigIgn:".length()).strip())
                .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) >>> (SIGINT - 1) & 1) != 0);
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("ashlar-child-")).toList();
        }
    }

    @Test
    void aFailedRunWithJsonPrintsTheErrorAsJson() {
        CommandRun run = CommandRun.of("replay", "--json", "/no/such/file");
        JsonObject failure = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(run.out().lines()).hasSize(1);
        assertThat(failure.get("command").getAsString()).isEqualTo("ashlar replay");
        assertThat(failure.get("exitCode").getAsInt()).isEqualTo(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(failure.get("error").getAsString()).contains("/no/such/file");
        assertThat(run.err()).contains(failure.get("error").getAsString());
    }

    @Test
    void wrongOptionsWithJsonAreJsonToo() {
        CommandRun run = CommandRun.of("demo", "--json", "--memory", "bogus");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(JsonParser.parseString(run.out()).getAsJsonObject().get("error").getAsString()).contains("bogus");
    }

    @Test
    void withoutJsonAFailurePrintsNothingOnTheOutput() {
        assertThat(CommandRun.of("replay", "/no/such/file").out()).isEmpty();
        assertThat(CommandRun.of("permissions", "--json", "file", "--bogus").out()).isEmpty();
    }
}
