package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import dev.ashlar.llvm.capi.Callback;
import dev.ashlar.memory.Domain;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The functions by which LLVM's older linker asks for memory. Each object that it links has a number, which LLVM hands
 * back as an opaque pointer.
 *
 * <p>No function throws: an exception would end the JVM. LLVM calls under the engine's lock.
 */
final class SectionCallbacks implements AutoCloseable {
    private static final FunctionDescriptor CODE =
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
    private static final FunctionDescriptor DATA =
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final FunctionDescriptor FINISH = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
    private static final FunctionDescriptor DESTROY = FunctionDescriptor.ofVoid(ADDRESS);

    private final CodeHeap heap;
    private final CFunctions system = new CFunctions("the C library", Linker.nativeLinker().defaultLookup());
    private final Arena arena = Arena.ofShared();
    private final Map<Long, SectionMemory> objects = new HashMap<>();
    private long lastNumber;
    private @Nullable Throwable failure;

    SectionCallbacks(CodeHeap heap) {
        this.heap = heap;
    }

    /** {@return the opaque pointer of a new object} */
    MemorySegment open() {
        lastNumber++;
        objects.put(lastNumber, new SectionMemory(heap));
        return MemorySegment.ofAddress(lastNumber);
    }

    MemorySegment code() {
        return function("takeCode", CODE);
    }

    MemorySegment data() {
        return function("takeData", DATA);
    }

    MemorySegment finish() {
        return function("finish", FINISH);
    }

    MemorySegment destroy() {
        return function("destroy", DESTROY);
    }

    /** {@return one of this class's methods as a function} */
    MemorySegment function(String method, FunctionDescriptor type) {
        return Callback.of(MethodHandles.lookup(), this, method, type, arena);
    }

    /** Called by ORC for each object. */
    MemorySegment openObject(MemorySegment unused) {
        return open();
    }

    /** Called by ORC when it ends. */
    void terminating(MemorySegment unused) {}

    MemorySegment takeCode(MemorySegment object, long size, int alignment, int id, MemorySegment name) {
        return take(object, Domain.CODE, size, alignment);
    }

    MemorySegment takeData(
            MemorySegment object, long size, int alignment, int id, MemorySegment name, int isReadOnly) {
        return take(object, isReadOnly != 0 ? Domain.RODATA : Domain.DATA, size, alignment);
    }

    private MemorySegment take(MemorySegment object, Domain domain, long size, int alignment) {
        SectionMemory memory = of(object);
        MemorySegment taken = memory.take(domain, size, alignment);
        note(memory.failure());
        return taken;
    }

    private void note(@Nullable Throwable refused) {
        failure = failure == null ? refused : failure;
    }

    private SectionMemory of(MemorySegment object) {
        return Objects.requireNonNull(objects.get(object.address()), "LLVM named an object that was never opened");
    }

    /** {@return whether what was taken must not run} LLVM may call this more than once, and with nothing new. */
    int finish(MemorySegment object, MemorySegment message) {
        Throwable refused = of(object).publish();
        if (refused == null) {
            return 0;
        }
        note(refused);
        if (message.address() != 0) {
            try {
                // LLVM frees it.
                MemorySegment copy = system.pointer("strdup", String.valueOf(refused.getMessage()));
                CText.sized(message, ADDRESS.byteSize()).set(ADDRESS, 0, copy);
            } catch (Throwable e) {
                refused.addSuppressed(e);
            }
        }
        return 1;
    }

    void destroy(MemorySegment object) {
        SectionMemory memory = objects.remove(object.address());
        if (memory != null) {
            memory.free();
            note(memory.failure());
        }
    }

    /** {@return the first failure of any object; null if there was none} */
    @Nullable Throwable failure() {
        return failure;
    }

    /** Pre: LLVM calls none of the functions any more. */
    @Override
    public void close() {
        arena.close();
    }
}
