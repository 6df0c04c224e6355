package dev.ashlar;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.ForkedProcessException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Forks itself without exec. The fork uses the heap as if it were its own. Prints how many calls of the fork were
 * refused, and what the parent's functions return afterwards.
 */
final class ForkChild {
    private static final int REGION = 2 << 20;
    private static final int WNOHANG = 1;
    private static final int SIGKILL = 9;
    private static final int FAILED = 100;

    private ForkChild() {}

    public static void main(String[] arguments) throws Throwable {
        MethodHandle fork = function("fork", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        MethodHandle exit = function("_exit", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        CodeHeap heap = CodeHeap.builder()
                .writePath(WritePath.valueOf(arguments[0]))
                .memory(MemoryDemand.SMALL)
                .capacity(8 * REGION)
                .build();
        CodeBlock live = heap.define(NativeCode.returning(42));
        heap.allocate(3 * REGION).free();
        heap.define(NativeCode.returning(66)).free();
        heap.audit();
        // The fork has no thread that could load classes for it.
        refusedCount(List.of(() -> {
            throw ForkedProcessException.of(0);
        }));
        List<Runnable> uses = WritePath.valueOf(arguments[0]) == WritePath.ALIAS
                // A touch of either view ends the fork, so it only makes calls that reach the memory file.
                ? List.of(heap::trim, () -> heap.allocate(6 * REGION), heap::audit, heap::close)
                : List.of(live::free, () -> heap.define(NativeCode.returning(66)), heap::trim,
                        () -> heap.allocate(6 * REGION), heap::audit, heap::close);
        int id = (int) fork.invokeExact();
        if (id == 0) {
            exit.invokeExact(refusedCount(uses));
        }
        System.out.println("refused " + await(id) + " of " + uses.size());
        System.out.println("call = " + NativeCode.call(live.address()));
        System.out.println("clean = " + heap.audit().writableAndExecutable().isEmpty());
        live.free();
        System.out.println("call = " + NativeCode.call(heap.define(NativeCode.returning(43)).address()));
        heap.close();
    }

    /** {@return how many of the uses were refused, because this process is a fork} */
    static int refusedCount(List<Runnable> uses) {
        int count = 0;
        for (Runnable use : uses) {
            try {
                use.run();
            } catch (ForkedProcessException refused) {
                count++;
            } catch (Throwable other) {
                return FAILED;
            }
        }
        return count;
    }

    /** {@return the exit code of a child; a fork of a JVM may wait forever for a thread that it does not have} */
    static String await(int id) throws Throwable {
        MethodHandle waitpid = function(
                "waitpid",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        MethodHandle kill = function(
                "kill", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MemorySegment status = Arena.global().allocate(ValueLayout.JAVA_INT);
        int waited = 0;
        for (int attempt = 0; waited == 0 && attempt < 100; attempt++) {
            Thread.sleep(50);
            waited = (int) waitpid.invokeExact(id, status, WNOHANG);
        }
        if (waited == 0) {
            int killed = (int) kill.invokeExact(id, SIGKILL);
            waited = (int) waitpid.invokeExact(id, status, 0);
            return "hung " + killed + waited;
        }
        int value = status.get(ValueLayout.JAVA_INT, 0);
        return (value & 0x7f) == 0 ? String.valueOf(value >> 8) : "signal " + (value & 0x7f);
    }

    @SuppressWarnings("restricted")
    static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
}
