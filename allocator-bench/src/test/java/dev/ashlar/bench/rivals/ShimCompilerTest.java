package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the shim is compiled once; if it cannot be compiled, the message says why. */
final class ShimCompilerTest {

    private static final String SHIM = "asmjit_shim.cpp";

    @TempDir
    private Path directory;

    private Path programs;
    private Path results;

    @BeforeEach
    void makeDirectories() throws IOException {
        programs = Files.createDirectory(directory.resolve("programs"));
        results = directory.resolve("results");
    }

    @Test
    void withoutACompilerTheReasonNamesWhatIsMissing() {
        assertThatThrownBy(() -> compiler().compile(SHIM, "a compiler", "-lasmjit"))
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("no C++ compiler (c++, g++, clang++) on PATH. Needs a compiler");
    }

    @Test
    void whatTheCompilerSaysFirstIsTheReason() throws IOException {
        install("echo 'In file included from x'; echo 'x.cpp:3: fatal error: asmjit/core.h: No such file'; exit 1");

        assertThatThrownBy(() -> compiler().compile(SHIM, "asmjit", "-lasmjit"))
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessage("the shim does not compile: asmjit/core.h: No such file. Needs asmjit");
        assertThat(results).isEmptyDirectory();
    }

    @Test
    void whereNothingCanBeWrittenTheReasonNamesThePlace() throws IOException {
        install("exit 0");
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> new ShimCompiler(List.of(programs), file).compile(SHIM, "nothing"))
                .isInstanceOf(RivalUnavailableException.class)
                .hasMessageStartingWith("the shim cannot be compiled in " + file + ": ");
    }

    @Test
    void aSecondUseFindsTheResultOfTheFirst() throws IOException {
        // Counts its runs, and writes its input to the file of its last argument.
        install("echo run >> " + directory + "/runs; for last in \"$@\"; do :; done; cat > \"$last\"");

        Path first = compiler().compile(SHIM, "nothing", "-lasmjit");
        Path second = compiler().compile(SHIM, "nothing", "-lasmjit");
        Path other = compiler().compile(SHIM, "nothing", "-lother");

        assertThat(second).isEqualTo(first).content().contains("JitAllocator");
        assertThat(other).isNotEqualTo(first);
        assertThat(directory.resolve("runs")).hasContent("run\nrun\n");
        try (Stream<Path> left = Files.list(results)) {
            assertThat(left).containsExactlyInAnyOrder(first, other);
        }
    }

    @Test
    void aRealCompilerMakesALibraryThatCanBeLoaded() {
        Rivals.open(Rival.ASMJIT, 1).close();

        Path library = new ShimCompiler(List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin")), results)
                .compile(SHIM, AsmjitMemory.Functions.NEEDS, "-lasmjit");

        assertThat(SharedLibrary.open(library.toString(), "nothing").function("ashlar_asmjit_open").address())
                .isNotZero();
    }

    private ShimCompiler compiler() {
        return new ShimCompiler(List.of(programs), results);
    }

    private void install(String script) throws IOException {
        Path program = programs.resolve("c++");
        Files.createFile(program, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    }
}
