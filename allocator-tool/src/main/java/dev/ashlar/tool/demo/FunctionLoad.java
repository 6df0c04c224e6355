package dev.ashlar.tool.demo;

import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.demo.DemoResult.Load;
import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Ten thousand functions in one kind of memory. Each returns its own number, so that a call tells whether the right
 * code stands at the right place; behind that comes filling up to a size as compiled methods have it.
 */
final class FunctionLoad {

    static final int FUNCTION_COUNT = 10_000;

    /** The middle half of what HotSpot compiles lies between these sizes. */
    private static final int BYTE_SIZE_MIN = 200;
    private static final int BYTE_SIZE_MAX = 1200;

    /** How long rounds are repeated for a time of warm code: enough for the compiler, short enough to wait for. */
    private static final long WARM_NANOS = 800_000_000L;

    private static final int WARM_ROUND_COUNT_MIN = 10;

    private final String label;
    private final BlockMemory memory;
    private final MemorySegment staging = Arena.ofAuto().allocate(BYTE_SIZE_MAX);
    private final int[] byteSizes;
    private final long[] addresses = new long[FUNCTION_COUNT];

    FunctionLoad(String label, BlockMemory memory) {
        this.label = label;
        this.memory = memory;
        // The same sizes for every kind of memory.
        this.byteSizes = new SplittableRandom(1).ints(FUNCTION_COUNT, BYTE_SIZE_MIN, BYTE_SIZE_MAX).toArray();
        // What traps if it is ever reached: int3 on x86-64, an undefined instruction on AArch64.
        staging.fill((byte) 0xcc);
    }

    /** What is asked about the memory while all functions, or every other one, are live. */
    interface Witness {
        /** {@return bytes of memory that hold the functions} */
        long mappedByteSize();

        /** {@return bytes of it that the kernel maps by 2 MiB entries} */
        long hugeByteSize();

        /** Called once all functions are live, then once every other one has been freed. */
        void look(boolean halfFreed);
    }

    /** {@return what was seen; everything is freed again} */
    Load run(Witness witness) {
        long mprotectBefore = memory.mprotectCallCount();
        int vmasBefore = vmas();
        long start = System.nanoTime();
        create();
        long firstNanos = System.nanoTime() - start;
        long mprotectCalls = memory.mprotectCallCount() - mprotectBefore;
        int vmasLive = vmas();
        long mapped = witness.mappedByteSize();
        long huge = witness.hugeByteSize();
        witness.look(false);
        int wrong = callAll();
        free(1, 2);
        int vmasHalfFreed = vmas();
        witness.look(true);
        free(0, 2);
        int vmasAfter = vmas();
        return new Load(label, FUNCTION_COUNT, Arrays.stream(byteSizes).asLongStream().sum(), vmasBefore,
                vmasLive, vmasHalfFreed, vmasAfter, mprotectCalls, mapped, huge, wrong,
                (double) firstNanos / FUNCTION_COUNT, medianRound() / FUNCTION_COUNT);
    }

    /** {@return where a function lies while it is live} */
    long address(int function) {
        return addresses[function];
    }

    /** {@return bytes of a function} */
    int byteSize(int function) {
        return byteSizes[function];
    }

    private void create() {
        for (int function = 0; function < FUNCTION_COUNT; function++) {
            int byteSize = byteSizes[function];
            long address = memory.allocate(byteSize);
            ConstantFunction.write(staging, function);
            memory.write(address, staging, byteSize);
            memory.publish(address, byteSize);
            addresses[function] = address;
        }
    }

    private void free(int first, int step) {
        for (int function = first; function < FUNCTION_COUNT; function += step) {
            memory.free(addresses[function], byteSizes[function]);
        }
    }

    private int callAll() {
        int wrong = 0;
        for (int function = 0; function < FUNCTION_COUNT; function++) {
            if (ConstantFunction.call(addresses[function]) != function) {
                wrong++;
            }
        }
        return wrong;
    }

    /** The first rounds run before the code is compiled, so the median is that of the second half. */
    private double medianRound() {
        List<Long> nanos = new ArrayList<>();
        long sum = 0;
        while (nanos.size() < WARM_ROUND_COUNT_MIN || sum < WARM_NANOS) {
            long start = System.nanoTime();
            create();
            free(0, 1);
            nanos.add(System.nanoTime() - start);
            sum += nanos.getLast();
        }
        long[] warm = nanos.subList(nanos.size() / 2, nanos.size()).stream().mapToLong(Long::longValue).sorted()
                .toArray();
        return warm[warm.length / 2];
    }

    private static int vmas() {
        return ProcessMaps.read().count();
    }
}
