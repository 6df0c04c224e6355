package dev.ashlar.bench.jmh;

import dev.ashlar.memory.Temperature;
import dev.ashlar.tool.code.CallList;
import dev.ashlar.tool.code.StraightFunction;
import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Many functions, and lists of the called ones in random order. */
final class ScatteredFunctions {

    private static final int BYTE_SIZE_MIN = 64;
    private static final int BYTE_SIZE_MAX = 512;
    private static final int LIST_COUNT = 8;

    private final SplittableRandom random = new SplittableRandom(1);
    private final long callList;
    private final MemorySegment lists;
    private final int callsPerList;

    /**
     * Places all functions and checks that the right ones run.
     *
     * @param count the number of functions
     * @param calledPercent the percentage of functions that are called
     * @param uncalled the hint for the others
     * @param callsPerList the number of calls in a list
     */
    ScatteredFunctions(BlockMemory memory, int count, int calledPercent, Temperature uncalled,
            int callsPerList) {
        this.callsPerList = callsPerList;
        this.callList = place(memory, CallList.code(), Temperature.HOT);
        MemorySegment staging = Arena.ofAuto().allocate(BYTE_SIZE_MAX);
        long[] called = new long[count];
        int[] addends = new int[count];
        int calledCount = 0;
        for (int function = 0; function < count; function++) {
            int byteSize = random.nextInt(BYTE_SIZE_MIN, BYTE_SIZE_MAX + 1);
            // Decided before the function is placed, as a JIT compiler knows which methods are hot.
            boolean isCalled = random.nextInt(100) < calledPercent;
            StraightFunction.write(staging, byteSize, function);
            long address = place(memory, staging.asSlice(0, byteSize), isCalled ? Temperature.HOT : uncalled);
            if (isCalled) {
                called[calledCount] = address;
                addends[calledCount] = function;
                calledCount++;
            }
        }
        this.lists = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, (long) LIST_COUNT * callsPerList);
        for (int list = 0; list < LIST_COUNT; list++) {
            long expected = 0;
            for (int call = 0; call < callsPerList; call++) {
                int index = random.nextInt(calledCount);
                lists.setAtIndex(ValueLayout.JAVA_LONG, (long) list * callsPerList + call, called[index]);
                expected += addends[index];
            }
            long sum = CallList.call(callList, list(list), callsPerList);
            if (sum != expected) {
                throw new AssertionError("wrong functions ran: expected=" + expected + " sum=" + sum);
            }
        }
    }

    /** {@return the number of lists, a power of two} */
    int listCount() {
        return LIST_COUNT;
    }

    /** {@return the address of a list} */
    long list(int index) {
        return lists.address() + (long) index * callsPerList * Long.BYTES;
    }

    /** {@return the address of the code that calls a list} */
    long callList() {
        return callList;
    }

    private static long place(BlockMemory memory, MemorySegment code, Temperature temperature) {
        long address = memory.allocate(code.byteSize(), temperature);
        memory.write(address, code, code.byteSize());
        memory.publish(address, code.byteSize());
        return address;
    }
}
