package dev.ashlar.bench.jmh;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.memory.Temperature;
import dev.ashlar.tool.code.CallList;
import dev.ashlar.tool.code.StraightFunction;
import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How fast does placed code run? A loop in machine code calls many small functions in random order. For each call the
 * processor must find the page, the cache lines and the next target.
 *
 * <p>If not all functions are called, the others lie between them, as rarely used code does.
 */
@State(Scope.Thread)
public class ScatteredCallsBenchmark extends SteadyState {

    private static final int CALLS = 1 << 14;
    private static final int LIST_COUNT = 8;
    private static final int BYTE_SIZE_MIN = 64;
    private static final int BYTE_SIZE_MAX = 512;

    /** The number of live functions, of 64-512 bytes each. */
    @Param({"20000", "100000"})
    int functions;

    /** The percentage of functions that are called. */
    @Param({"100", "10"})
    int calledPercent;

    /** Whether the memory gets a hint for functions that will not be called. */
    @Param({"off", "on"})
    String hints = "off";

    private final SplittableRandom random = new SplittableRandom(1);
    private final MemorySegment lists = Arena.ofAuto().allocate(JAVA_LONG, (long) LIST_COUNT * CALLS);
    private long callList;
    private int next;

    /** A function that is called, and what it adds to the sum. */
    private record Called(long address, int addend) {}

    /** Places all functions, draws the lists of calls, and checks that the right functions run. */
    @Setup
    public void compile(MemoryUnderTest.Code measured) {
        BlockMemory memory = measured.memory();
        callList = place(memory, CallList.code(), Temperature.HOT);
        Temperature uncalled = hints.equals("on") ? Temperature.COLD : Temperature.HOT;
        MemorySegment staging = Arena.ofAuto().allocate(BYTE_SIZE_MAX);
        List<Called> called = new ArrayList<>();
        for (int function = 0; function < functions; function++) {
            int byteSize = random.nextInt(BYTE_SIZE_MIN, BYTE_SIZE_MAX + 1);
            // Decided before the function is placed, as a JIT compiler knows which methods are hot.
            boolean isCalled = random.nextInt(100) < calledPercent;
            StraightFunction.write(staging, byteSize, function);
            long address = place(memory, staging.asSlice(0, byteSize), isCalled ? Temperature.HOT : uncalled);
            if (isCalled) {
                called.add(new Called(address, function));
            }
        }
        for (int list = 0; list < LIST_COUNT; list++) {
            long expected = 0;
            for (int call = 0; call < CALLS; call++) {
                Called function = called.get(random.nextInt(called.size()));
                lists.setAtIndex(JAVA_LONG, (long) list * CALLS + call, function.address());
                expected += function.addend();
            }
            long sum = CallList.call(callList, list(list), CALLS);
            if (sum != expected) {
                throw new AssertionError("wrong functions ran: expected=" + expected + " sum=" + sum);
            }
        }
    }

    /** Returns the sum of the called functions to JMH. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long call() {
        next = next + 1 & LIST_COUNT - 1;
        return CallList.call(callList, list(next), CALLS);
    }

    private long list(int index) {
        return lists.address() + (long) index * CALLS * Long.BYTES;
    }

    private static long place(BlockMemory memory, MemorySegment code, Temperature temperature) {
        long address = memory.allocate(code.byteSize(), temperature);
        memory.write(address, code, code.byteSize());
        memory.publish(address, code.byteSize());
        return address;
    }
}
