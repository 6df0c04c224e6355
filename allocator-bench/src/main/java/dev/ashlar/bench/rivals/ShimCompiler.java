package dev.ashlar.bench.rivals;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Compiles a C++ resource to a shared library. The library is kept beside the build, under a name that its source and
 * options determine, so that forks of a benchmark do not compile it again.
 */
final class ShimCompiler {

    private static final List<String> OPTIONS = List.of("-std=c++17", "-O2", "-fPIC", "-shared",
            "-fvisibility=hidden", "-Wl,--exclude-libs,ALL");

    /** Finds the message of the compiler or the linker, without the path before it. */
    private static final Pattern ERROR = Pattern.compile("(?:error|/ld): (.*)");

    private final List<Path> searchPath;
    private final Path directory;

    /**
     * Looks for a compiler in given directories.
     *
     * @param searchPath directories of programs, as in PATH
     * @param directory the folder for libraries, created when needed; no other user may write to it
     */
    ShimCompiler(List<Path> searchPath, Path directory) {
        this.searchPath = List.copyOf(searchPath);
        this.directory = directory;
    }

    /** {@return a compiler from PATH that keeps libraries in the build's own directory} */
    static ShimCompiler ofHost() {
        List<Path> programs = Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
                .filter(entry -> !entry.isEmpty()).map(Path::of).toList();
        return new ShimCompiler(programs, cacheDirectory());
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
        Path compiler = find("c++", "g++", "clang++").orElseThrow(() -> new RivalUnavailableException(
                "no C++ compiler (c++, g++, clang++) on PATH. Needs " + needs));
        try {
            byte[] text = read(source);
            List<String> options = new ArrayList<>(OPTIONS);
            options.addAll(List.of(libraries));
            Path result = directory.resolve(source.replace(".cpp", "-" + fingerprint(text, compiler, options) + ".so"));
            if (!Files.exists(result)) {
                compile(compiler, options, text, result, needs);
            }
            return result;
        } catch (IOException e) {
            throw new RivalUnavailableException("the shim cannot be compiled in " + directory + ": " + e);
        }
    }

    /** Compiles in a temporary directory first, because another process may do the same. */
    private void compile(Path compiler, List<String> options, byte[] text, Path result, String needs)
            throws IOException {
        Path temporary = Files.createTempDirectory(Files.createDirectories(directory), "shim");
        Path source = temporary.resolve("shim.cpp");
        Path draft = temporary.resolve("shim.so");
        Path log = temporary.resolve("shim.log");
        try {
            Files.write(source, text);
            List<String> command = new ArrayList<>(List.of(compiler.toString(), "-o", draft.toString(),
                    source.toString()));
            command.addAll(options);
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
                    .start();
            process.getOutputStream().close();
            if (process.onExit().join().exitValue() != 0) {
                throw new RivalUnavailableException("the shim does not compile: "
                        + firstError(Files.readString(log)) + ". Needs " + needs);
            }
            Files.move(draft, result, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            for (Path file : List.of(source, draft, log, temporary)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static String firstError(String log) {
        return ERROR.matcher(log).results().findFirst().map(found -> found.group(1)).orElse("no message");
    }

    private Optional<Path> find(String... names) {
        return Stream.of(names).flatMap(name -> searchPath.stream().map(entry -> entry.resolve(name)))
                .filter(Files::isExecutable).findFirst();
    }

    private static byte[] read(String source) throws IOException {
        try (InputStream in = ShimCompiler.class.getResourceAsStream(source)) {
            if (in == null) {
                throw new IOException("no such resource: " + source);
            }
            return in.readAllBytes();
        }
    }

    private static String fingerprint(byte[] text, Path compiler, List<String> options) {
        CRC32C sum = new CRC32C();
        sum.update(text);
        sum.update((compiler + " " + options).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    /** {@return a folder beside the jar or the classes in a build, else in the user's cache} */
    private static Path cacheDirectory() {
        Path target = ownLocation().getParent();
        return target != null && target.endsWith("target") && Files.isWritable(target)
                ? target.resolve("native")
                : Path.of(System.getProperty("user.home"), ".cache", "ashlar");
    }

    private static Path ownLocation() {
        try {
            URI location = ShimCompiler.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Path.of(location).toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new AssertionError("a class's own location is a URI", e);
        }
    }
}
