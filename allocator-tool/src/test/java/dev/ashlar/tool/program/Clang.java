package dev.ashlar.tool.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A compiler of C and C++. What it has made once is there the next time.
 *
 * @param version the major version
 * @param folder where its files go
 */
record Clang(int version, Path folder) {
    private static final Path NO_INPUT = Path.of("/dev/null");

    /** Aborts or fails the test if the compiler is not there. */
    Clang {
        Host.require(Files.isExecutable(Path.of("/usr/bin/clang-" + version)), "clang-" + version);
        Host.require(Files.isExecutable(Path.of("/usr/bin/g++")), "g++, whose library of C++ clang uses");
    }

    /** {@return the compiler of a version, with a folder of its own in another} */
    static Clang in(Path parent, int version) {
        try {
            return new Clang(version, Files.createDirectories(parent.resolve("clang-" + version)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the module of a source file that is written for it} */
    Path compile(String file, String source, String... options) {
        try {
            return compile(Files.writeString(folder.resolve(file), source), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the module of a source file} */
    Path compile(Path file, String... options) {
        String name = file.getFileName().toString();
        Path module = folder.resolve(name.replaceFirst("\\.c(pp)?$", "") + ".bc");
        List<String> command = new ArrayList<>(List.of(compiler(name.endsWith(".cpp")), "-w", "-emit-llvm", "-c",
                file.toString(), "-o", module.toString()));
        command.addAll(List.of(options));
        make(module, command);
        return module;
    }

    /** {@return the native program of modules} */
    Path link(String name, List<Path> modules) {
        Path program = folder.resolve(name);
        make(program, Stream.of(
                Stream.of(compiler(true), "-w", "-x", "ir"),
                modules.stream().map(Path::toString),
                Stream.of("-x", "none", "-o", program.toString(), "-lm", "-lpthread"))
                .flatMap(part -> part).toList());
        return program;
    }

    private String compiler(boolean isCpp) {
        return (isCpp ? "clang++-" : "clang-") + version;
    }

    private void make(Path result, List<String> command) {
        if (!Files.exists(result)) {
            Ended compiled = Ended.of(folder, NO_INPUT, command);
            assertThat(compiled.status()).as("%s: %s", command, compiled.err()).isZero();
        }
    }
}
