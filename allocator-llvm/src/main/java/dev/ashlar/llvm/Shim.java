package dev.ashlar.llvm;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The library of C++ that opens JITLink to C. It is compiled when it is first used, against the headers of the libLLVM
 * that is loaded, and kept in the user's cache under a name that its source and that libLLVM determine.
 */
final class Shim {
    private static final String SOURCE = "jitlink.cpp";
    private static final List<String> COMPILERS = List.of("c++", "g++", "clang++");
    private static final Pattern ERROR = Pattern.compile("(?:error|/ld): (.*)");

    private Shim() {}

    /**
     * {@return the functions of the library}
     *
     * @throws LlvmUnavailableException if it cannot be compiled here
     */
    @SuppressWarnings("restricted")
    static CFunctions of(LoadedLibrary llvm) {
        try (InputStream resource = Shim.class.getResourceAsStream(SOURCE)) {
            byte[] source = Objects.requireNonNull(resource, SOURCE).readAllBytes();
            String fingerprint = Integer.toHexString(
                    (llvm.file() + " " + llvm.version() + new String(source, StandardCharsets.UTF_8)).hashCode());
            Path library = folder().resolve("jitlink-" + llvm.version().major() + "-" + fingerprint + ".so");
            if (!Files.exists(library)) {
                compile(source, library, llvm);
            }
            return new CFunctions(library.toString(), SymbolLookup.libraryLookup(library, Arena.global()));
        } catch (IOException e) {
            throw new LlvmUnavailableException("engine " + EngineKind.JITLINK + " is not available: the library for it"
                    + " cannot be written to " + folder() + " (" + e.getMessage() + "). Let the variable"
                    + " XDG_CACHE_HOME name a folder that can be written, or use engine mcjit or orc", e);
        }
    }

    private static Path compiler(LoadedLibrary llvm) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin");
        return COMPILERS.stream()
                .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> unavailable("there is no C++ compiler (c++, g++, clang++) on PATH", llvm));
    }

    private static Path headers(LoadedLibrary llvm) {
        int major = llvm.version().major();
        List<Path> folders = List.of(Path.of("/usr/lib/llvm-" + major, "include"),
                Path.of("/usr/lib64/llvm" + major, "include"), Path.of("/usr/include"));
        return folders.stream()
                .filter(folder -> Files.exists(folder.resolve("llvm/ExecutionEngine/JITLink/JITLink.h")))
                .findFirst()
                .orElseThrow(() -> unavailable("the headers of LLVM " + major + " are not installed", llvm));
    }

    private static LlvmUnavailableException unavailable(String reason, LoadedLibrary llvm) {
        int major = llvm.version().major();
        return new LlvmUnavailableException("engine " + EngineKind.JITLINK + " is not available: " + reason
                + ". Install them, for example: apt-get install g++ llvm-" + major
                + "-dev; or use engine mcjit or orc");
    }

    private static Path folder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        return (cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
                .resolve("ashlar");
    }

    /** Compiles to a temporary file first, because another process may do the same. */
    private static void compile(byte[] source, Path library, LoadedLibrary llvm) throws IOException {
        String headers = "-I" + headers(llvm);
        Path draft = Files.createTempFile(Files.createDirectories(folder()), "jitlink", ".so");
        try {
            Process process = new ProcessBuilder(compiler(llvm).toString(), "-x", "c++", "-", "-std=c++17", "-O1",
                    "-fPIC", "-shared", "-fno-rtti", "-fvisibility=hidden", headers, "-x", "none",
                    llvm.file().toString(), "-o", draft.toString())
                    .redirectErrorStream(true)
                    .start();
            try (var input = process.getOutputStream()) {
                input.write(source);
            } catch (IOException ended) {
                // The compiler did not read its input; its log says why.
            }
            String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.onExit().join().exitValue() != 0) {
                throw unavailable("the library for it does not compile: " + ERROR.matcher(log).results()
                        .findFirst().map(found -> found.group(1)).orElse("no message"), llvm);
            }
            Files.move(draft, library, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
