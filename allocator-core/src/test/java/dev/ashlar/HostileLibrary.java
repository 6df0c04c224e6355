package dev.ashlar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.host.CLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Clients that receive pages, write code there and make them writable and executable at once. The function of each
 * takes the pages, their size and a function to call on a refusal. It returns the address of a function that returns
 * 42.
 */
final class HostileLibrary {
    /** The name of the functions. */
    static final String FUNCTION = "build_code";

    private static final Path TCC_HEADER = Path.of("/usr/include/libtcc.h");

    private static final String TCC_CLIENT = """
            #include <libtcc.h>

            static void (*report_refusal)(void);

            static void on_error(void *ignored, const char *message) {
                report_refusal();
            }

            long build_code(void *pages, long byte_size, void (*report)(void)) {
                TCCState *state = tcc_new();
                report_refusal = report;
                tcc_set_error_func(state, 0, on_error);
                tcc_set_options(state, "-nostdlib -nostdinc");
                tcc_set_output_type(state, TCC_OUTPUT_MEMORY);
                if (tcc_compile_string(state, "int answer(void) { return 42; }") < 0) {
                    return -1;
                }
                int needed = tcc_relocate(state, 0);
                if (needed < 0 || needed > byte_size) {
                    return -2;
                }
                return tcc_relocate(state, pages) < 0 ? -3 : (long) tcc_get_symbol(state, "answer");
            }
            """;

    /**
     * Debian's libtcc is a static library for executables: it expects the C library's variables in the same file. So a
     * shared library of it defines its own variables with those names.
     */
    private static final String TCC_VARIABLES = """
            #define NEXT ((void *) -1L)
            #define OWN __attribute__((visibility("hidden")))

            extern void *dlsym(void *handle, const char *name);

            OWN void *stdin;
            OWN void *stdout;
            OWN void *stderr;
            OWN char **environ;

            __attribute__((constructor)) static void find_variables(void) {
                stdin = *(void **) dlsym(NEXT, "stdin");
                stdout = *(void **) dlsym(NEXT, "stdout");
                stderr = *(void **) dlsym(NEXT, "stderr");
                environ = *(char ***) dlsym(NEXT, "environ");
            }
            """;

    private static final String STAND_IN = """
            #include <string.h>
            #include <sys/mman.h>

            long build_code(void *pages, long byte_size, void (*report)(void)) {
                memcpy(pages, "\\xb8\\x2a\\x00\\x00\\x00\\xc3", 6);
                if (mprotect(pages, byte_size, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
                    report();
                    return 0;
                }
                return (long) pages;
            }
            """;

    private HostileLibrary() {}

    /** {@return libtcc; the test is skipped if it is not installed} */
    static Path tcc(Path folder) throws IOException, InterruptedException {
        assumeTrue(Files.exists(TCC_HEADER), "needs libtcc: sudo apt-get install libtcc-dev");
        List<String> sources = List.of(TCC_CLIENT, TCC_VARIABLES);
        return CLibrary.compile(folder, "libtccclient", sources, "-Wl,--exclude-libs,ALL", "-ltcc", "-ldl", "-lm");
    }

    /** {@return a library that does the same to the pages, and returns if the kernel refuses} */
    static Path standIn(Path folder) throws IOException, InterruptedException {
        return CLibrary.compile(folder, "libstandin", List.of(STAND_IN));
    }
}
