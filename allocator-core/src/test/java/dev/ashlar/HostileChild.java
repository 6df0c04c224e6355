package dev.ashlar;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapAudit;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;

/**
 * Gives pages of a heap to a {@link HostileLibrary} and prints the result of the audit. Arguments: the library, the
 * memory, the hardening, the write path.
 */
@SuppressWarnings("restricted")
final class HostileChild {
    private static final long BYTE_SIZE = 1 << 16;
    private static final long PAGE_BYTE_SIZE = 4096;

    private final CodeHeap heap;

    private HostileChild(CodeHeap heap) {
        this.heap = heap;
    }

    public static void main(String[] arguments) throws Throwable {
        CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.valueOf(arguments[1]))
                .hardening(Hardening.valueOf(arguments[2]))
                .writePath(WritePath.valueOf(arguments[3]))
                .build();
        new HostileChild(heap).run(Path.of(arguments[0]));
    }

    private void run(Path library) throws Throwable {
        if (heap.writePath() == WritePath.IN_PLACE) {
            CodeBatch batch = heap.openBatch();
            give(library, batch.allocate(Domain.CODE, BYTE_SIZE, PAGE_BYTE_SIZE).address());
            return;
        }
        CodeBlock block = heap.allocate(BYTE_SIZE, PAGE_BYTE_SIZE);
        long entry = give(library, block.writable().address());
        if (entry == 0) {
            System.out.println("published: " + NativeCode.call(block.publish().address()));
            System.out.println("another: " + NativeCode.call(heap.define(NativeCode.returning(7)).address()));
            block.free();
            System.out.println("freed: clean " + heap.audit().isClean());
        }
    }

    private long give(Path library, long pages) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle report = MethodHandles.lookup()
                .bind(this, "reportRefusal", MethodType.methodType(void.class));
        MemorySegment callback = linker.upcallStub(report, FunctionDescriptor.ofVoid(), Arena.global());
        MethodHandle client = linker.downcallHandle(
                SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow(HostileLibrary.FUNCTION),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        System.out.println("before: clean " + heap.audit().isClean());
        System.out.println("given: " + Long.toHexString(pages));
        long entry = (long) client.invokeExact(pages, BYTE_SIZE, callback);
        if (entry < 0) {
            throw new AssertionError("the client failed: " + entry);
        }
        if (entry > 0) {
            System.out.println("call: " + NativeCode.call(entry));
            System.out.println("clean: " + heap.audit().isClean());
            heap.audit().writableAndExecutable().forEach(named -> System.out.println("named: " + named));
        }
        return entry;
    }

    /** Called by the client. */
    void reportRefusal() {
        HeapAudit audit = heap.audit();
        System.out.println("refused: clean " + audit.isClean() + ", named " + audit.writableAndExecutable().size());
    }
}
