package dev.ashlar;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.AshlarException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.MemorySegment;

/** Uses heaps in a process that is short of something, as the first argument says. The exit code is 3 if refused. */
final class ShortHostChild {
    static final int REFUSED = 3;

    private static final int REGION = 2 << 20;
    private static final long CAPACITY = 1L << 30;

    private ShortHostChild() {}

    public static void main(String[] arguments) {
        try {
            switch (arguments[0]) {
                case "run" -> run(CodeHeap.builder().memory(MemoryDemand.THP));
                case "run pool" -> run(CodeHeap.builder().memory(MemoryDemand.HUGETLB));
                case "run auto" -> run(CodeHeap.builder());
                case "forbidden" -> forbidden();
                case "fill code" -> fillCode();
                case "fill data" -> fillData();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (AshlarException refusal) {
            System.out.println(refusal.getClass().getSimpleName() + ": " + refusal.getMessage());
            System.exit(REFUSED);
        }
    }

    private static void run(CodeHeapBuilder builder) {
        try (CodeHeap heap = builder.capacity(8 * REGION).build()) {
            for (int index = 0; index < 4; index++) {
                CodeBlock block = heap.allocate(REGION);
                block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(42)));
                block.publish();
                System.out.println(
                        heap.writePath() + " " + heap.report().backings() + " " + NativeCode.call(block.address()));
            }
        }
    }

    /** Two heaps that may have no memory that two views share. */
    private static void forbidden() {
        for (int round = 0; round < 2; round++) {
            FaultyCalls calls = new FaultyCalls(Libc.system())
                    .failAll("memfdCreate", Errno.EPERM)
                    .failAll("mremap", Errno.EPERM);
            run(CodeHeap.builder().memory(MemoryDemand.SMALL).systemCalls(calls));
        }
    }

    private static void fillCode() {
        try (CodeHeap heap = CodeHeap.builder().capacity(CAPACITY).build()) {
            while (true) {
                heap.allocate(REGION).writable().fill((byte) 1);
            }
        }
    }

    private static void fillData() {
        try (DataHeap heap = DataHeap.builder().capacity(CAPACITY).build()) {
            while (true) {
                heap.allocate(REGION).fill((byte) 1);
            }
        }
    }
}
