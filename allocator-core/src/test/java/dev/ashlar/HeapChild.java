package dev.ashlar;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** Uses a heap in a child JVM as the first argument says. The exit code is 3 if Ashlar refused. */
public final class HeapChild {
    public static final int REFUSED = 3;

    private static final long REGION = 2 << 20;

    private HeapChild() {}

    public static void main(String[] arguments) throws Throwable {
        try {
            switch (arguments[0]) {
                case "build" -> build(Long.parseLong(arguments[1]));
                case "call freed" -> callFreed();
                case "call shrunk" -> callShrunk();
                case "call unwritten" -> callUnwritten();
                case "call through freed" -> callThroughFreed();
                case "call released" -> callReleased();
                case "call at" -> callAt(
                        WritePath.valueOf(arguments[1]),
                        arguments[2],
                        Integer.parseInt(arguments[3]),
                        Integer.parseInt(arguments[4]));
                case "distance" -> distance();
                case "audit among many mappings" -> auditAmongManyMappings();
                case "run out of mappings" -> runOutOfMappings();
                case "run out of locked memory" -> runOutOfLockedMemory();
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

    private static void distance() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            System.out.println(heap.report().writableAddress() - heap.report().address());
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

    /** Jumps into a block that is free or was never written, not only to its start. */
    private static void callAt(WritePath path, String state, int byteSize, int offset) {
        CodeHeap heap = CodeHeap.builder().writePath(path).build();
        // Keeps the region, so that the memory that is called is not released.
        heap.define(NativeCode.returning(42));
        CodeBlock block = heap.allocate(byteSize);
        if (state.equals("freed")) {
            // Returns at once wherever it is entered.
            block.writable().fill((byte) 0xc3);
            block.publish();
            System.out.println("call = " + (NativeCode.call(block.address() + offset) | 1));
            block.free();
        } else {
            block.publish();
        }
        System.out.println("address = 0x" + Long.toHexString(block.address() + offset));
        System.out.flush();
        NativeCode.call(block.address() + offset);
        System.out.println("call returned");
    }

    private static void callThroughFreed() {
        CodeHeap heap = CodeHeap.create();
        Trampoline trampoline =
                heap.openTrampolines(1).take(heap.define(NativeCode.returning(42)).address());
        System.out.println("call = " + NativeCode.call(trampoline.address()));
        trampoline.free();
        System.out.println("call = " + NativeCode.call(trampoline.address()));
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

    /**
     * Reaches the real limit of VMAs by mappings of one page. The limit also binds the JVM, which must make all its own
     * mappings before: by a rehearsal with a simulated limit.
     */
    private static void runOutOfMappings() {
        liveWithoutMappings(10, Errno.ENOMEM);
        System.out.println(liveWithoutMappings(Integer.MAX_VALUE, 0));
    }

    private static String liveWithoutMappings(int mappingCount, int errno) {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.THP)
                .capacity(7 * REGION)
                .withoutPreparedRegions()
                .systemCalls(calls)
                .build()) {
            CodeBlock[] blocks = new CodeBlock[5];
            for (int index = 0; index < blocks.length; index++) {
                blocks[index] = heap.allocate(REGION);
            }
            List<Long> pages = takeMappings(mappingCount);
            calls.failAll("mmap", errno);
            // Inside the run: a hole there needs two VMAs more than the limit allows.
            blocks[1].free();
            blocks[3].free();
            String refusal = "none";
            try {
                heap.allocate(REGION + 1);
            } catch (HeapExhaustedException full) {
                refusal = full.refusals().toString();
            }
            HeapStats crowded = heap.stats();
            int result = NativeCode.call(heap.define(NativeCode.returning(42)).address());
            pages.forEach(page -> Libc.system().munmap(page, 4096));
            calls.heal();
            boolean clean = heap.audit().isClean();
            long trimmed = heap.trim();
            return "failures = " + crowded.releaseFailureCount() + "\ncommitted = "
                    + crowded.committedByteSize() / REGION + "\nrefusal = " + refusal + "\ncall = " + result
                    + "\nclean = " + clean + "\ntrimmed = " + trimmed / REGION + "\nclean afterwards = "
                    + heap.audit().isClean();
        }
    }

    /** Reaches the real limit of locked memory: the refusal is reported, and the earlier memory still works. */
    private static void runOutOfLockedMemory() {
        try (SecretHeap heap = SecretHeap.create()) {
            List<MemorySegment> blocks = new ArrayList<>();
            try {
                while (true) {
                    blocks.add(heap.allocate(REGION).fill((byte) 1));
                }
            } catch (HeapExhaustedException full) {
                System.out.println("regions = " + blocks.size() + "\n" + full.getMessage());
            }
            System.out.println("small = " + heapTakes(heap, 100));
            heap.free(blocks.removeLast());
            System.out
                    .println("after a free: small = " + heapTakes(heap, 100) + ", large = " + heapTakes(heap, REGION));
            blocks.forEach(heap::free);
            System.out.println(
                    "clean = " + (heap.audit().isClean() ? "true" : heap.audit().toString()) + ", trimmed to = "
                            + (heap.trim() > 0 ? heap.committedByteSize() : -1));
            System.out.println("afterwards: large = " + heapTakes(heap, REGION));
        }
    }

    private static boolean heapTakes(SecretHeap heap, long byteSize) {
        try {
            heap.free(heap.allocate(byteSize).fill((byte) 1));
            return true;
        } catch (HeapExhaustedException full) {
            return false;
        }
    }

    private static void auditAmongManyMappings() {
        takeMappings(60_000);
        long getpid = Linker.nativeLinker().defaultLookup().findOrThrow("getpid").address();
        CodeHeapBuilder builder = CodeHeap.builder().memory(MemoryDemand.SMALL);
        builder.build().close();
        long started = System.nanoTime();
        try (CodeHeap heap = builder.near(getpid).build()) {
            System.out.println("near millis = " + (System.nanoTime() - started) / 1_000_000);
            System.out.println("near = " + (Math.abs(heap.report().address() - getpid) < Integer.MAX_VALUE));
            heap.define(NativeCode.returning(42));
            heap.audit();
            started = System.nanoTime();
            boolean clean = heap.audit().isClean();
            System.out.println("audit millis = " + (System.nanoTime() - started) / 1_000_000);
            System.out.println("clean = " + clean);
        }
    }

    private static List<Long> takeMappings(int count) {
        List<Long> pages = new ArrayList<>(100_000);
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE;
        while (pages.size() < count) {
            // Neighbours with the same permissions would merge into one mapping.
            int protection = pages.size() % 2 == 0 ? Linux.PROT_NONE : Linux.PROT_READ;
            long page = Libc.system().mmap(0, 4096, protection, flags, -1, 0);
            if (Errno.isFailure(page)) {
                break;
            }
            pages.add(page);
        }
        return pages;
    }
}
