package dev.ashlar.bench.rivals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compiles a C++ resource to a shared library. The library is kept beside the build, under a name that its source and
 * options determine, so that forks of a benchmark do not compile it again.
 *
 * @param searchPath directories of programs, as in PATH
 * @param directory the folder for libraries, created when needed; no other user may write to it
 */
record ShimCompiler(List<Path> searchPath, Path directory) {

    private static final List<String> OPTIONS = List.of("-x", "c++", "-", "-std=c++17", "-O2", "-fPIC", "-shared",
            "-fvisibility=hidden", "-Wl,--exclude-libs,ALL");

    /** Finds the message of the compiler or the linker, without the path before it. */
    private static final Pattern ERROR = Pattern.compile("(?:error|/ld): (.*)");

    /** {@return the library of a source, as {@link #compile} makes it on this host} */
    static SharedLibrary library(String source, String needs, String... libraries) {
        return SharedLibrary.open(ofHost().compile(source, needs, libraries).toString(), needs);
    }

    /** {@return the library of a source that needs a text before it, such as a header} */
    static SharedLibrary libraryAfter(String preface, String source, String needs, String... libraries) {
        return SharedLibrary.open(ofHost().compileAfter(preface, source, needs, libraries).toString(), needs);
    }

    /** {@return a compiler from PATH that keeps libraries in the build's own directory, else in the user's cache} */
    static ShimCompiler ofHost() {
        List<Path> programs = Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
                .filter(entry -> !entry.isEmpty()).map(Path::of).toList();
        Path target = BuildFolder.path();
        return new ShimCompiler(programs, target.endsWith("target") && Files.isWritable(target)
                ? target.resolve("native")
                : Path.of(System.getProperty("user.home"), ".cache", "ashlar"));
    }

    /**
     * Compiles a source, unless it has been compiled before.
     *
     * @param source the name of the resource beside this class
     * @param needs what must be installed
     * @param libraries options for the linker
     * @return the shared library
     * @throws RivalUnavailableException if there is no compiler, or if it rejects the source
     */
    Path compile(String source, String needs, String... libraries) {
        return compileAfter("", source, needs, libraries);
    }

    private Path compileAfter(String preface, String source, String needs, String... libraries) {
        Path compiler = Stream.of("c++", "g++", "clang++")
                .flatMap(name -> searchPath.stream().map(entry -> entry.resolve(name)))
                .filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new RivalUnavailableException(
                        "no C++ compiler (c++, g++, clang++) on PATH. Needs " + needs));
        try (InputStream resource = ShimCompiler.class.getResourceAsStream(source)) {
            String text = preface
                    + new String(Objects.requireNonNull(resource, source).readAllBytes(), StandardCharsets.UTF_8);
            List<String> command = new ArrayList<>(List.of(compiler.toString()));
            command.addAll(OPTIONS);
            command.addAll(List.of(libraries));
            int fingerprint = (text + command).hashCode();
            Path result = directory.resolve("%s-%08x.so".formatted(source.replace(".cpp", ""), fingerprint));
            if (!Files.exists(result)) {
                compile(command, text.getBytes(StandardCharsets.UTF_8), result, needs);
            }
            return result;
        } catch (IOException e) {
            throw new RivalUnavailableException("the shim cannot be compiled in " + directory + ": " + e);
        }
    }

    /** Compiles to a temporary file first, because another process may do the same. */
    private void compile(List<String> command, byte[] text, Path result, String needs) throws IOException {
        Path draft = Files.createTempFile(Files.createDirectories(directory), "shim", ".so");
        try {
            command.addAll(List.of("-o", draft.toString()));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var input = process.getOutputStream()) {
                input.write(text);
            } catch (IOException ended) {
                // The compiler did not read its input; its log says why.
            }
            String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.onExit().join().exitValue() != 0) {
                throw new RivalUnavailableException("the shim does not compile: " + ERROR.matcher(log).results()
                        .findFirst().map(found -> found.group(1)).orElse("no message") + ". Needs " + needs);
            }
            Files.move(draft, result, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
