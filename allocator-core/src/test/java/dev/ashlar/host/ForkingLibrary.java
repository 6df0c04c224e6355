package dev.ashlar.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/** A few lines of C, compiled on first use, for a call that Java cannot make: fork without exec. */
@SuppressWarnings("restricted")
public final class ForkingLibrary {
    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <signal.h>
            #include <sys/resource.h>
            #include <sys/uio.h>
            #include <sys/wait.h>
            #include <unistd.h>

            /* The number of the signal that ended a forked child when it touched a byte, or 0 where it lived on. */
            int touch_in_child(volatile char *byte, int write) {
                pid_t child = fork();
                if (child == 0) {
                    struct rlimit none = {0, 0};
                    setrlimit(RLIMIT_CORE, &none);
                    signal(SIGSEGV, SIG_DFL);
                    signal(SIGBUS, SIG_DFL);
                    if (write) {
                        *byte = 0;
                    } else {
                        (void) *byte;
                    }
                    _exit(0);
                }
                int status = 0;
                if (child < 0 || waitpid(child, &status, 0) != child) {
                    return -1;
                }
                return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
            }

            /* 0 where a forked child could read a byte of this process by process_vm_readv(2), otherwise its errno. */
            int read_by_child(void *byte) {
                pid_t child = fork();
                if (child == 0) {
                    char here;
                    struct iovec to = {&here, 1}, from = {byte, 1};
                    _exit(process_vm_readv(getppid(), &to, 1, &from, 1, 0) == 1 ? 0 : errno);
                }
                int status = 0;
                if (child < 0 || waitpid(child, &status, 0) != child) {
                    return -1;
                }
                return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            }

            /* The exit code of a shell that a forked child becomes, with every descriptor that is not close-on-exec. */
            int shell(const char *command) {
                pid_t child = fork();
                if (child == 0) {
                    execl("/bin/sh", "sh", "-c", command, (char *) 0);
                    _exit(127);
                }
                int status = 0;
                if (child < 0 || waitpid(child, &status, 0) != child) {
                    return -1;
                }
                return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            }
            """;

    private final MethodHandle touch;
    private final MethodHandle shell;
    private final MethodHandle readByChild;

    private ForkingLibrary(SymbolLookup symbols) {
        touch = Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow("touch_in_child"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        readByChild = Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow("read_by_child"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        shell = Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow("shell"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /** {@return the library; the test is skipped if there is no C compiler} */
    public static ForkingLibrary load(Path folder) throws IOException, InterruptedException {
        Path library = CLibrary.compile(folder, "libforking", List.of(SOURCE));
        return new ForkingLibrary(SymbolLookup.libraryLookup(library, Arena.global()));
    }

    /** {@return the signal that ends a forked child that reads the byte, or 0} */
    public int signalOnRead(long address) {
        return signal(address, 0);
    }

    /** {@return the signal that ends a forked child that writes the byte, or 0} */
    public int signalOnWrite(long address) {
        return signal(address, 1);
    }

    /**
     * {@return the exit code of a command run by a shell that is this process's child}
     *
     * <p>Unlike a {@link ProcessBuilder}'s, which closes all descriptors itself, it inherits what is not close-on-exec.
     */
    public int shell(String command) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) shell.invokeExact(arena.allocateFrom(command));
        } catch (Throwable unexpected) {
            throw new AssertionError("a downcall threw", unexpected);
        }
    }

    /** {@return the errno of a forked child's attempt to read a byte of this process, or 0 if it succeeded} */
    public int errnoOfReadByChild(long address) {
        try {
            return (int) readByChild.invokeExact(address);
        } catch (Throwable unexpected) {
            throw new AssertionError("a downcall threw", unexpected);
        }
    }

    private int signal(long address, int write) {
        try {
            return (int) touch.invokeExact(address, write);
        } catch (Throwable unexpected) {
            throw new AssertionError("a downcall threw", unexpected);
        }
    }
}
