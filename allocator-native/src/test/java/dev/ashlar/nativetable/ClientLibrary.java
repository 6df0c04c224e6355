package dev.ashlar.nativetable;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A library of C that uses the header. A test that needs one is skipped if there is no C compiler, or fails if the
 * variable ASHLAR_NATIVE_REQUIRED is true.
 */
final class ClientLibrary {
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("ASHLAR_NATIVE_REQUIRED"));
    private static final List<String> OPTIONS = List.of("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic",
            "-fPIC", "-shared", "-pthread");

    private final SymbolLookup symbols;

    private ClientLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** {@return the functions of client.c, compiled in a folder} */
    static ClientLibrary load(Path folder) throws IOException, InterruptedException {
        Path source = Path.of("src", "test", "native", "client.c");
        return open(compile(folder, Files.readString(source), "client"));
    }

    @SuppressWarnings("restricted")
    static ClientLibrary open(Path library) {
        // It stays: threads of it may still be on their way out.
        return new ClientLibrary(SymbolLookup.libraryLookup(library, Arena.global()));
    }

    /** {@return the library made of a source in C} */
    static Path compile(Path folder, String source, String name) throws IOException, InterruptedException {
        Path library = folder.resolve(name + ".so");
        List<String> command = new ArrayList<>(List.of("cc"));
        command.addAll(OPTIONS);
        command.addAll(List.of("-I", header(folder).toString(), "-o", library.toString(),
                Files.writeString(folder.resolve(name + ".c"), source).toString()));
        run(command);
        return library;
    }

    /** {@return the folder, which has the header then} */
    static Path header(Path folder) throws IOException {
        Files.writeString(folder.resolve("ashlar.h"), NativeTable.header());
        return folder;
    }

    /** Runs a compiler. */
    static void run(List<String> command) throws IOException, InterruptedException {
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            if (REQUIRED) {
                fail("this host must have it (ASHLAR_NATIVE_REQUIRED)", absent);
            }
            Assumptions.abort("needs a compiler: " + absent.getMessage());
            throw absent;
        }
        String log = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(log).isZero();
    }

    /** {@return what a function returns: of most, the line of client.c that does not hold, or 0} */
    int call(String function, NativeTable table) {
        return call(handle(function), table);
    }

    int call(MethodHandle function, NativeTable table) {
        try {
            return (int) function.invokeExact(table.segment());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted")
    MethodHandle handle(String function) {
        return Linker.nativeLinker().downcallHandle(
                symbols.find(function).orElseThrow(), FunctionDescriptor.of(JAVA_INT, ADDRESS));
    }

    /** {@return the pointer that a function without parameters returns} */
    @SuppressWarnings("restricted")
    long pointer(String function) throws Throwable {
        MethodHandle handle = Linker.nativeLinker().downcallHandle(
                symbols.find(function).orElseThrow(), FunctionDescriptor.of(ADDRESS));
        return ((MemorySegment) handle.invokeExact()).address();
    }
}
