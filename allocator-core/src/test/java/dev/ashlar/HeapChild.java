package dev.ashlar;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Memory;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What a child JVM does with a heap, by the word it is given. Its exit code is 3 where Ashlar refused. */
final class HeapChild {
    static final int REFUSED = 3;

    private static final long REGION = 2 << 20;

    private HeapChild() {}

    public static void main(String[] arguments) throws Throwable {
        try {
            switch (arguments[0]) {
                case "build" -> build(Long.parseLong(arguments[1]));
                case "call freed" -> callFreed();
                case "call shrunk" -> callShrunk();
                case "call unwritten" -> callUnwritten();
                case "call released" -> callReleased();
                case "run out of mappings" -> runOutOfMappings();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (AshlarException refusal) {
            System.out.println(refusal.getClass().getSimpleName() + ": " + refusal.getMessage());
            System.exit(REFUSED);
        }
    }

    private static void build(long capacity) {
        try (CodeHeap heap = CodeHeap.builder().capacity(capacity).build()) {
            System.out.println("call = " + NativeCode.call(heap.define(NativeCode.returning(42)).address()));
        }
    }

    private static void callFreed() throws Throwable {
        CodeHeap heap = CodeHeap.create();
        CodeBlock block = heap.define(NativeCode.returning(42));
        MethodHandle answer = bind(block);
        System.out.println("call = " + (int) answer.invokeExact());
        block.free();
        System.out.println("call = " + (int) answer.invokeExact());
    }

    private static void callShrunk() {
        CodeHeap heap = CodeHeap.create();
        CodeBlock block = heap.allocate(6000);
        block.writable().fill((byte) 0xc3);
        long behind = block.address() + 5001;
        NativeCode.call(behind);
        System.out.println("call returned");
        block.shrink(5001);
        NativeCode.call(behind);
        System.out.println("call returned");
    }

    private static void callUnwritten() throws Throwable {
        CodeHeap heap = CodeHeap.create();
        CodeBlock block = heap.allocate(100);
        block.publish();
        System.out.println("call = " + (int) bind(block).invokeExact());
    }

    private static void callReleased() {
        CodeHeap heap = CodeHeap.create();
        CodeBlock block = heap.define(NativeCode.returning(42));
        block.free();
        System.out.println("released = " + heap.trim());
        System.out.println("call = " + NativeCode.call(block.address()));
    }

    private static MethodHandle bind(CodeBlock block) {
        return block.bind(FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /** The real limit of VMAs, reached by mappings of one page whose permissions alternate. */
    private static void runOutOfMappings() {
        SystemCalls calls = Libc.system();
        try (CodeHeap heap = CodeHeap.builder().memory(Memory.THP).build()) {
            CodeBlock[] blocks = new CodeBlock[5];
            for (int index = 0; index < blocks.length; index++) {
                blocks[index] = heap.allocate(REGION);
            }
            long byteSize = 4096L * 70_000;
            int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE;
            long pages = calls.mmap(0, byteSize, Linux.PROT_NONE, flags, -1, 0);
            long page = pages;
            while (!Errno.isFailure(calls.mprotect(page, 4096, Linux.PROT_READ))) {
                page += 2 * 4096;
            }
            // Inside the run: a hole there takes two VMAs that are not to be had.
            blocks[1].free();
            blocks[3].free();
            String refusal = "";
            try {
                heap.allocate(2 * REGION);
            } catch (HeapExhaustedException full) {
                refusal = full.refusals().toString();
            }
            HeapStats crowded = heap.stats();
            int result = NativeCode.call(heap.define(NativeCode.returning(42)).address());
            calls.munmap(pages, byteSize);
            System.out.println("failures = " + crowded.releaseFailureCount());
            System.out.println("committed = " + crowded.committedByteSize() / REGION);
            System.out.println("refusal = " + refusal);
            System.out.println("call = " + result);
            System.out.println("clean = " + heap.audit().isClean());
            System.out.println("trimmed = " + heap.trim() / REGION);
            System.out.println("clean = " + heap.audit().isClean());
        }
    }
}
