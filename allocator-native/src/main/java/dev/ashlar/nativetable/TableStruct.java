package dev.ashlar.nativetable;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapReport;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A struct ashlar_table of the header. */
final class TableStruct {
    static final int VERSION = 1;
    private static final long PUBLISHED_BY_FENCE = 1;
    /** The words before the functions. */
    private static final int LEADING_WORDS = 5;
    /** The functions in the order of the struct, made once. Their life is the process's. */
    private static final List<MemorySegment> FUNCTIONS = functions();

    /** More calls than those after which the JDK customizes a method handle, see {@link #rehearse}. */
    private static final int REHEARSALS = 200;

    private TableStruct() {}

    /** {@return a struct for a heap, which stays until the process ends} */
    static MemorySegment of(CodeHeap heap, long number) {
        long byteSize = Long.BYTES * (LEADING_WORDS + (long) FUNCTIONS.size());
        MemorySegment struct = Arena.global().allocate(byteSize, Long.BYTES);
        HeapReport report = heap.report();
        struct.set(JAVA_INT, 0, VERSION);
        struct.set(JAVA_INT, Integer.BYTES, (int) byteSize);
        struct.setAtIndex(JAVA_LONG, 1, number);
        struct.setAtIndex(JAVA_LONG, 2, heap.writePath() == WritePath.ALIAS ? PUBLISHED_BY_FENCE : 0);
        struct.setAtIndex(JAVA_LONG, 3, report.address());
        struct.setAtIndex(JAVA_LONG, 4, report.capacityByteSize());
        for (int index = 0; index < FUNCTIONS.size(); index++) {
            struct.setAtIndex(JAVA_LONG, LEADING_WORDS + index, FUNCTIONS.get(index).address());
        }
        return struct.asReadOnly();
    }

    private static List<MemorySegment> functions() {
        List<MemorySegment> functions = new ArrayList<>();
        functions.add(function("allocate", 4));
        functions.add(function("allocateNear", 5));
        functions.add(function("allocateBlocks", 5));
        functions.add(function("publish", 3));
        functions.add(function("shrink", 3));
        functions.add(function("freeBlock", 2));
        functions.add(function("freeBlocks", 3));
        functions.add(function("allocateUnit", 3));
        functions.add(function("publishUnit", 3));
        functions.add(function("freeUnit", 2));
        functions.add(function("lastError", JAVA_LONG, 2));
        return List.copyOf(functions);
    }

    private static MemorySegment function(String method, int parameterCount) {
        return function(method, JAVA_INT, parameterCount);
    }

    /** All parameters are words: pointers, sizes or counts. */
    @SuppressWarnings("restricted")
    private static MemorySegment function(String method, MemoryLayout result, int parameterCount) {
        FunctionDescriptor type = FunctionDescriptor.of(
                result, Collections.nCopies(parameterCount, JAVA_LONG).toArray(MemoryLayout[]::new));
        try {
            MethodHandle target =
                    MethodHandles.lookup().findStatic(TableFunctions.class, method, type.toMethodType());
            MemorySegment stub = Linker.nativeLinker().upcallStub(target, type, Arena.global());
            rehearse(Linker.nativeLinker().downcallHandle(stub, type));
            return stub;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method, e);
        }
    }

    /**
     * Calls a function, without a heap, until the JDK's part of it allocates no Java objects any more: after 127 calls
     * it makes a copy of the code before the method, and an OutOfMemoryError there would find no handler.
     */
    private static void rehearse(MethodHandle call) {
        Object[] zeros = Collections.nCopies(call.type().parameterCount(), 0L).toArray();
        MethodHandle withZeros = MethodHandles.insertArguments(call, 0, zeros)
                .asType(MethodType.methodType(void.class));
        try {
            for (int count = 0; count < REHEARSALS; count++) {
                withZeros.invokeExact();
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
