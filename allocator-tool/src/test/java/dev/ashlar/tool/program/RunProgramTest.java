package dev.ashlar.tool.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.child.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A program does in the process of {@code ashlar run} what its native form does in its own. */
final class RunProgramTest {
    private static final Path NO_INPUT = Path.of("/dev/null");

    @TempDir
    private static Path folder;

    private static Path input;

    @BeforeAll
    static void writeInput() throws IOException {
        input = Files.writeString(folder.resolve("input"), "first line\nlast line without an end");
    }

    static Stream<Runner> all() {
        return Runner.all();
    }

    static Stream<Runner> some() {
        return Runner.some();
    }

    /** The ways to end that a program of C has. */
    static Stream<Arguments> ends() {
        return Runner.some().flatMap(runner -> Stream.of("exit", "quick", "abort", "fault", "divide", "term", "pipe",
                "thread").map(end -> Arguments.of(runner, end)));
    }

    private static Ended natively(Path program, Path input, List<String> arguments) {
        return Ended.of(folder, input, Stream.concat(Stream.of(program.toString()), arguments.stream()).toList());
    }

    private static void assertSame(Ended ours, Ended theirs) {
        assertThat(ours.out()).isEqualTo(theirs.out());
        assertThat(ours.err()).isEqualTo(theirs.err());
        assertThat(ours.status()).isEqualTo(theirs.status());
    }

    @ParameterizedTest
    @MethodSource("all")
    void aProgramOfCRunsAsTheNativeOne(Runner runner) {
        Clang clang = Clang.in(folder, 14);
        List<Path> modules = List.of(clang.compile("everything.c", Sources.EVERYTHING, "-O1"));
        Path program = clang.link("everything", modules);
        List<String> arguments = List.of("--opt", "two words", "ä€", "", "@input", "--");
        assertSame(runner.run(folder, input, modules, List.of(), arguments), natively(program, input, arguments));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aProgramOfCppRunsAsTheNativeOne(Runner runner) {
        Clang clang = Clang.in(folder, runner.version() == 19 ? 19 : 14);
        List<Path> modules = List.of(
                clang.compile("objects.cpp", Sources.OBJECTS, "-O1"), clang.compile("other.cpp", Sources.OTHER, "-O0"));
        Path program = clang.link("objects", modules);
        assertSame(runner.run(folder, NO_INPUT, modules, List.of(), List.of()), natively(program, NO_INPUT, List.of()));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void aProgramEndsAsTheNativeOne(Runner runner, String end) {
        Clang clang = Clang.in(folder, 14);
        List<Path> modules = List.of(clang.compile("ends.c", Sources.ENDS, "-O0"));
        Path program = clang.link("ends", modules);
        assertSame(runner.run(folder, NO_INPUT, modules, List.of(), List.of(end)),
                natively(program, NO_INPUT, List.of(end)));
    }

    @ParameterizedTest
    @MethodSource("some")
    void signalsOfTheProcessReachTheProgram(Runner runner) {
        Clang clang = Clang.in(folder, 14);
        List<Path> modules = List.of(clang.compile("signals.c", Sources.SIGNALS, "-O0"));
        assertSame(runner.run(folder, NO_INPUT, modules, List.of(), List.of()),
                natively(clang.link("signals", modules), NO_INPUT, List.of()));
    }

    @ParameterizedTest
    @MethodSource("some")
    void anExceptionThatNothingCatchesEndsTheProgramAsTheNativeOne(Runner runner) {
        Clang clang = Clang.in(folder, 14);
        List<Path> modules = List.of(clang.compile("thrower.cpp", """
                #include <stdexcept>
                int main() { throw std::logic_error("nothing catches this"); }
                """));
        assertSame(runner.run(folder, NO_INPUT, modules, List.of(), List.of()),
                natively(clang.link("thrower", modules), NO_INPUT, List.of()));
    }

    @ParameterizedTest
    @MethodSource("some")
    void aProgramThatForksIsAnnouncedAndRuns(Runner runner) {
        List<Path> modules = List.of(Clang.in(folder, 14).compile("forks.c", """
                #include <stdio.h>
                #include <unistd.h>
                #include <sys/wait.h>
                int main(void) {
                  pid_t child = vfork();
                  if (child == 0) { execlp("true", "true", (char *) 0); _exit(9); }
                  int status;
                  waitpid(child, &status, 0);
                  printf("child: %d\\n", status);
                  return getppid() == 1 ? fork() : 0;
                }
                """));
        Ended ended = runner.run(folder, NO_INPUT, modules, List.of(), List.of());
        assertThat(ended.out()).isEqualTo("child: 0\n");
        assertThat(ended.err()).hasLineCount(1)
                .contains("fork and vfork", "a child does not inherit the memory of the program's code");
        assertThat(ended.status()).isZero();
    }

    @ParameterizedTest
    @MethodSource("all")
    void statisticsNameLibraryEngineAndWritePath(Runner runner) {
        List<Path> modules = List.of(Clang.in(folder, 14).compile("nothing.c", "int main(void) { return 0; }"));
        Ended ended = runner.run(folder, NO_INPUT, modules, List.of("--stats", "--opt", "0"), List.of());
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("ashlar run: LLVM " + runner.version(), "libLLVM", "engine " + runner.engine(),
                "write path " + (runner.engine().equals("jitlink") ? "alias" : "in-place"));
        assertThat(ended.status()).isZero();
    }

    @Test
    void bytesOfAnArgumentThatAreNoTextReachTheProgram() throws IOException {
        Clang clang = Clang.in(folder, 14);
        Path module = clang.compile("bytes.c", """
                #include <stdio.h>
                int main(int count, char **arguments) {
                  for (char *c = arguments[1]; *c; c++) printf("%02x ", *c & 0xff);
                  return count;
                }
                """);
        Path script = Files.writeString(folder.resolve("script"), "LC_ALL=C exec \"$@\" \"$(printf '\\377a\\303')\"");
        List<String> line = Stream.concat(Stream.of("sh", script.toString()), ChildJvm.command(
                List.of("-Xrs"), "dev.ashlar.tool.cli.Ashlar", List.of("run", module.toString(), "--")).stream())
                .toList();
        Ended ended = Ended.of(folder, NO_INPUT, line);
        Host.require(ended.status() != 3, ended.err());
        assertThat(ended.out()).isEqualTo("ff 61 c3 ");
        assertThat(ended.status()).isEqualTo(2);
    }

    /** The launcher knows what the JVM has changed before it runs Java. */
    @Test
    void streamsThatWereClosedAndSignalsThatWereIgnoredAreSoForTheProgram() {
        Path module = Clang.in(folder, 14).compile("before.c", """
                #include <errno.h>
                #include <signal.h>
                #include <stdio.h>
                #include <unistd.h>
                int main(void) {
                  char c;
                  int closed = read(0, &c, 1) == -1 && errno == EBADF;
                  printf("%d %d %d %d\\n", closed, signal(SIGPIPE, SIG_DFL) == SIG_IGN,
                         signal(SIGUSR2, SIG_DFL) == SIG_DFL, signal(SIGXFSZ, SIG_DFL) == SIG_DFL);
                  return 0;
                }
                """);
        Ended ended = Ended.of(folder, input, ChildJvm.command(
                List.of("-Xrs", "-Dashlar.run.ignored=1000", "-Dashlar.run.closed=0"), "dev.ashlar.tool.cli.Ashlar",
                List.of("run", module.toString())));
        Host.require(ended.status() != 3, ended.err());
        assertThat(ended.out()).isEqualTo("1 1 1 1\n");
    }
}
