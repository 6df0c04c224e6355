package dev.ashlar.tool.mappings;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.RawMemory;
import dev.ashlar.tool.workload.SizeMix;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The functions of a workload: their sizes, drawn in advance, and their addresses while they are live. Each function
 * returns its own number, so that a call shows whether the right code is there. Not thread-safe.
 */
final class Functions {

    /** Bytes of the constants of a function that has any. */
    static final int CONSTANT_BYTE_SIZE = 64;

    private static final long PAGE_BYTE_SIZE = PublishMethod.PAGE_BYTE_SIZE;

    /** The address of a function that is not live, and of constants that a function does not have. */
    static final long NOWHERE = 0;

    private final int firstCount;
    private final int[] byteSizes;
    private final long[] addresses;
    private final long[] constants;

    /** Draws the sizes of the functions published first, and of those published after half of them were freed. */
    Functions(int firstCount, int refillCount, long seed) {
        this.firstCount = firstCount;
        SplittableRandom random = new SplittableRandom(seed);
        byteSizes = IntStream.range(0, firstCount + refillCount).map(_ -> SizeMix.FUNCTION.next(random)).toArray();
        addresses = new long[byteSizes.length];
        constants = new long[byteSizes.length];
    }

    int firstCount() {
        return firstCount;
    }

    /** {@return functions of the whole workload} */
    int count() {
        return byteSizes.length;
    }

    int byteSize(int function) {
        return byteSizes[function];
    }

    /** Records where a function runs, and where its constants are. */
    void record(int function, long address, long constantsAddress) {
        addresses[function] = address;
        constants[function] = constantsAddress;
    }

    /** Records that a function is no longer live. */
    void remove(int function) {
        record(function, NOWHERE, NOWHERE);
    }

    /** {@return the places of some functions and of their constants, lowest first} */
    private Stream<AddressRange> places(IntStream some) {
        return some.boxed()
                .flatMap(function -> Stream.of(AddressRange.ofSize(addresses[function], byteSizes[function]),
                        AddressRange.ofSize(constants[function], CONSTANT_BYTE_SIZE)))
                .filter(place -> place.start() != NOWHERE)
                .sorted();
    }

    /** {@return the places of all live functions and of their constants, lowest first} */
    List<AddressRange> livePlaces() {
        return places(live()).toList();
    }

    /** {@return the addresses of all live functions and of their constants, lowest first} */
    long[] liveAddresses() {
        return places(live()).mapToLong(AddressRange::start).toArray();
    }

    /** {@return bytes of all live functions and their constants} */
    long liveByteSize() {
        return places(live()).mapToLong(AddressRange::byteSize).sum();
    }

    /** {@return bytes of the pages of all live functions, if each has its own} */
    long pagesByteSize() {
        return live().mapToLong(function -> Math.ceilDiv(byteSizes[function], PAGE_BYTE_SIZE) * PAGE_BYTE_SIZE).sum();
    }

    /** Calls every {@code step}th live function, and reads its constants. */
    Calls call(int step) {
        int[] called = live().toArray();
        int count = 0;
        int wrong = 0;
        for (int index = 0; index < called.length; index += step) {
            count++;
            wrong += isRight(called[index]) ? 0 : 1;
        }
        return new Calls(count, wrong);
    }

    private boolean isRight(int function) {
        return ConstantFunction.call(addresses[function]) == function
                && (constants[function] == NOWHERE
                        || RawMemory.EVERYTHING.get(ValueLayout.JAVA_INT, constants[function]) == function);
    }

    /**
     * {@return the number of runs of adjacent pages that the functions from one number to another, exclusive, and their
     * constants occupy: the fewest pieces whose permissions must change}
     */
    int pageRuns(int from, int to) {
        int runs = 0;
        long pageAfter = -1;
        for (AddressRange place : places(IntStream.range(from, to)).toList()) {
            runs += place.start() / PAGE_BYTE_SIZE > pageAfter ? 1 : 0;
            pageAfter = Math.max(pageAfter, Math.ceilDiv(place.end(), PAGE_BYTE_SIZE));
        }
        return runs;
    }

    private IntStream live() {
        return IntStream.range(0, addresses.length).filter(function -> addresses[function] != NOWHERE);
    }

    /** The number of called functions, and of those with a wrong result or wrong constants. */
    record Calls(int count, int wrong) {}
}
