package dev.ashlar.stubs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The method handles of {@link Libc}, each with a leading segment into which errno is captured.
 *
 * <p>A class of its own, because static final handles are what the JIT inlines, and because a class initialiser that
 * fails leaves its class dead: {@link Libc#system()} checks platform and native access before this one is touched.
 *
 * <p>Pointers are passed as {@code long}: both are one integer register in the calling conventions of x86-64 and
 * AArch64, and no segment need be made per call.
 */
final class LibcHandles {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

    static final MethodHandle MMAP = bind("mmap",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    static final MethodHandle MUNMAP = bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    static final MethodHandle MPROTECT =
            bind("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    static final MethodHandle MADVISE =
            bind("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    static final MethodHandle MREMAP = bindVariadic("mremap", 4,
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG));
    static final MethodHandle FTRUNCATE = bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    static final MethodHandle FALLOCATE =
            bind("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    static final MethodHandle FCNTL =
            bindVariadic("fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    static final MethodHandle OPEN =
            bindVariadic("open", 2, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    static final MethodHandle PREAD =
            bind("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    static final MethodHandle PWRITE =
            bind("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    static final MethodHandle IOCTL =
            bindVariadic("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    static final MethodHandle PRCTL = bindVariadic("prctl", 1,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    static final MethodHandle SYSCONF = bind("sysconf", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));

    /** syscall(2) with a number and three arguments: for calls that the C library has no function for, or not yet. */
    static final MethodHandle SYSCALL = bindVariadic("syscall", 1,
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private LibcHandles() {}

    private static MethodHandle bind(String symbol, FunctionDescriptor descriptor) {
        return downcall(symbol, descriptor, CAPTURE);
    }

    /** The calling convention of a variadic function differs (x86-64: register al counts vector arguments). */
    private static MethodHandle bindVariadic(String symbol, int firstVariadicIndex, FunctionDescriptor descriptor) {
        return downcall(symbol, descriptor, CAPTURE, Linker.Option.firstVariadicArg(firstVariadicIndex));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle downcall(String symbol, FunctionDescriptor descriptor, Linker.Option... options) {
        MemorySegment target = LINKER.defaultLookup().find(symbol)
                .orElseThrow(() -> UnsupportedPlatformException.missingSymbol(symbol));
        return LINKER.downcallHandle(target, descriptor, options);
    }
}
