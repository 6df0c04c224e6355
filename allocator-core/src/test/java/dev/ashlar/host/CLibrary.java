package dev.ashlar.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Compiles a few lines of C for calls that Java cannot or must not make. */
public final class CLibrary {
    private static final int TIMEOUT_SECONDS = 60;

    private CLibrary() {}

    /**
     * {@return the shared library made of these sources; the test is skipped if there is no C compiler}
     *
     * @param name of the library's file, without its ending
     * @param options of the compiler and the linker, after the sources
     */
    public static Path compile(Path folder, String name, List<String> sources, String... options)
            throws IOException, InterruptedException {
        Path library = folder.resolve(name + ".so");
        List<String> command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-O0", "-o", library.toString()));
        for (String source : sources) {
            Path file = folder.resolve(name + command.size() + ".c");
            command.add(Files.writeString(file, source).toString());
        }
        command.addAll(List.of(options));
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException absent) {
            assumeTrue(false, "needs a C compiler: " + absent.getMessage());
            throw absent;
        }
        if (!compiler.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
            throw new AssertionError("cc failed: " + command);
        }
        return library;
    }
}
