package dev.ashlar.host;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Real limits of this process, taken on at run time: a JVM that starts under some of them does not get as far as the
 * heap. Only for children. {@link #lift()} gives back what can be given back: not a seccomp filter.
 *
 * <p>The numbers of calls are those of x86-64.
 */
@SuppressWarnings("restricted")
public final class HostLimits {
    private static final int RLIMIT_FSIZE = 1;
    private static final int RLIMIT_NOFILE = 7;
    private static final int RLIMIT_AS = 9;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long SECCOMP = 317;
    private static final long SECCOMP_SET_MODE_FILTER = 1;
    private static final long SECCOMP_FILTER_FLAG_TSYNC = 1;
    private static final int SECCOMP_RET_ERRNO = 0x50000;
    private static final int SECCOMP_RET_ALLOW = 0x7fff0000;
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;
    /** Where seccomp_data has the call's number and the low half of its third argument. */
    private static final int NUMBER = 0;
    private static final int THIRD_ARGUMENT = 32;
    private static final int MMAP = 9;
    private static final int MPROTECT = 10;
    private static final int PWRITE = 18;
    private static final int MEMFD_CREATE = 319;
    private static final long PAGE = 4096;

    private static final MethodHandle GETRLIMIT = handle("getrlimit", FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MethodHandle SETRLIMIT = handle("setrlimit", FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MethodHandle SYSCALL = handle("syscall", FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS));

    private final List<Runnable> undo = new ArrayList<>();
    private final Arena arena = Arena.global();

    /**
     * Takes on one limit.
     *
     * @param limit its name; a refusal by a filter is {@code CALL=ERRNO}
     */
    public void take(String limit) throws IOException {
        switch (limit) {
            case "address space" -> resource(RLIMIT_AS, virtualByteSize() + (32 << 20));
            case "descriptors" -> resource(RLIMIT_NOFILE, highestDescriptor() + 1);
            case "file size" -> resource(RLIMIT_FSIZE, 1 << 20);
            case "no huge pages" -> {
                require(Libc.system().prctl(Linux.PR_SET_THP_DISABLE, 1, 0, 0, 0));
                undo.add(() -> require(Libc.system().prctl(Linux.PR_SET_THP_DISABLE, 0, 0, 0, 0)));
            }
            default -> filter(limit.substring(0, limit.indexOf('=')),
                    Errno.ofName(limit.substring(limit.indexOf('=') + 1)).orElseThrow().number());
        }
    }

    /** Gives back what the process had before. */
    public void lift() {
        undo.reversed().forEach(Runnable::run);
        undo.clear();
    }

    private void resource(int resource, long soft) {
        MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
        require(invoke(() -> (int) GETRLIMIT.invokeExact(resource, limit)));
        long before = limit.getAtIndex(ValueLayout.JAVA_LONG, 0);
        limit.setAtIndex(ValueLayout.JAVA_LONG, 0, soft);
        require(invoke(() -> (int) SETRLIMIT.invokeExact(resource, limit)));
        undo.add(() -> {
            limit.setAtIndex(ValueLayout.JAVA_LONG, 0, before);
            require(invoke(() -> (int) SETRLIMIT.invokeExact(resource, limit)));
        });
    }

    private void filter(String call, int errno) {
        int number = switch (call) {
            case "memfd_create" -> MEMFD_CREATE;
            case "pwrite" -> PWRITE;
            case "mmap executable" -> MMAP;
            case "mprotect executable" -> MPROTECT;
            default -> throw new IllegalArgumentException(call);
        };
        boolean onlyExecutable = call.endsWith(" executable");
        int[][] program = onlyExecutable
                ? new int[][] {{LOAD_WORD, 0, 0, NUMBER}, {JUMP_IF_EQUAL, 0, 3, number},
                    {LOAD_WORD, 0, 0, THIRD_ARGUMENT}, {JUMP_IF_ANY_BIT, 0, 1, Linux.PROT_EXEC},
                    {RETURN, 0, 0, SECCOMP_RET_ERRNO | errno}, {RETURN, 0, 0, SECCOMP_RET_ALLOW}}
                : new int[][] {{LOAD_WORD, 0, 0, NUMBER}, {JUMP_IF_EQUAL, 0, 1, number},
                    {RETURN, 0, 0, SECCOMP_RET_ERRNO | errno}, {RETURN, 0, 0, SECCOMP_RET_ALLOW}};
        MemorySegment instructions = arena.allocate(8L * program.length, 8);
        for (int index = 0; index < program.length; index++) {
            int[] instruction = program[index];
            instructions.set(ValueLayout.JAVA_SHORT, 8L * index, (short) instruction[0]);
            instructions.set(ValueLayout.JAVA_BYTE, 8L * index + 2, (byte) instruction[1]);
            instructions.set(ValueLayout.JAVA_BYTE, 8L * index + 3, (byte) instruction[2]);
            instructions.set(ValueLayout.JAVA_INT, 8L * index + 4, instruction[3]);
        }
        MemorySegment header = arena.allocate(16, 8);
        header.set(ValueLayout.JAVA_SHORT, 0, (short) program.length);
        header.set(ValueLayout.ADDRESS, 8, instructions);
        require(Libc.system().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        // All threads: the JVM's own calls are refused too.
        require(invoke(() -> (long) SYSCALL.invokeExact(SECCOMP, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
                header)));
    }

    private static long virtualByteSize() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", 2)[0]) * PAGE;
    }

    private static long highestDescriptor() throws IOException {
        long highest = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)) {
                    highest = Math.max(highest, Long.parseLong(descriptor.getFileName().toString()));
                }
            }
        }
        return highest;
    }

    private static void require(long result) {
        if (result != 0) {
            throw new IllegalStateException("the host does not take the limit: " + result);
        }
    }

    @FunctionalInterface
    private interface Downcall {
        long call() throws Throwable;
    }

    private static long invoke(Downcall downcall) {
        try {
            return downcall.call();
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
