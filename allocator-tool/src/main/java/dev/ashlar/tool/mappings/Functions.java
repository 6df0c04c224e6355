package dev.ashlar.tool.permissions;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.RawMemory;
import dev.ashlar.tool.workload.SizeMix;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The functions of a run: how large each is, drawn in advance, and where it lies while it is live. Each returns its own
 * number, so that a call tells whether the right code stands there. Not thread-safe.
 */
final class Functions {

    /** Constants of a function that has any. */
    static final int CONSTANT_BYTE_SIZE = 64;

    private static final long PAGE_BYTE_SIZE = 4096;

    /** No function lies at this address. */
    private static final long NOWHERE = 0;

    private final int firstCount;
    private final int[] byteSizes;
    private final long[] addresses;
    private final long[] constants;

    /**
     * Draws sizes.
     *
     * @param firstCount functions of the first growth; half as many more follow
     * @param seed of the random numbers
     */
    Functions(int firstCount, long seed) {
        this.firstCount = firstCount;
        SplittableRandom random = new SplittableRandom(seed);
        byteSizes = IntStream.range(0, firstCount + firstCount / 2)
                .map(_ -> SizeMix.FUNCTION.next(random))
                .toArray();
        addresses = new long[byteSizes.length];
        constants = new long[byteSizes.length];
    }

    /** {@return functions of the first growth} */
    int firstCount() {
        return firstCount;
    }

    /** {@return functions of the whole run} */
    int count() {
        return byteSizes.length;
    }

    int byteSize(int function) {
        return byteSizes[function];
    }

    /**
     * Notes where a function lies.
     *
     * @param address where it runs
     * @param constantsAddress where its constants are, the first of which is its number; 0 where it has none
     */
    void lives(int function, long address, long constantsAddress) {
        addresses[function] = address;
        constants[function] = constantsAddress;
    }

    /** Notes that a function is no more. */
    void dies(int function) {
        addresses[function] = NOWHERE;
        constants[function] = NOWHERE;
    }

    /** {@return bytes of all live functions and their constants} */
    long liveByteSize() {
        return live().mapToLong(function -> byteSizes[function]
                + (constants[function] == NOWHERE ? 0 : CONSTANT_BYTE_SIZE)).sum();
    }

    /** {@return the addresses of all live functions and of their constants, lowest first} */
    long[] liveAddresses() {
        return LongStream.concat(Arrays.stream(addresses), Arrays.stream(constants))
                .filter(address -> address != NOWHERE)
                .sorted()
                .toArray();
    }

    /** Calls every {@code step}th live function, and reads its constants. {@return how that went} */
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
     * {@return how many runs of adjacent pages some functions and their constants lie in: what must change its
     * permissions, in as few pieces as can be}
     *
     * @param from the first function
     * @param to the first that is not meant
     */
    int pageRuns(int from, int to) {
        List<AddressRange> places = new ArrayList<>();
        for (int function = from; function < to; function++) {
            places.add(AddressRange.ofSize(addresses[function], byteSizes[function]));
            if (constants[function] != NOWHERE) {
                places.add(AddressRange.ofSize(constants[function], CONSTANT_BYTE_SIZE));
            }
        }
        Collections.sort(places);
        int runs = 0;
        long pageAfter = -1;
        for (AddressRange place : places) {
            runs += place.start() / PAGE_BYTE_SIZE > pageAfter ? 1 : 0;
            pageAfter = Math.max(pageAfter, Math.ceilDiv(place.end(), PAGE_BYTE_SIZE));
        }
        return runs;
    }

    private IntStream live() {
        return IntStream.range(0, addresses.length).filter(function -> addresses[function] != NOWHERE);
    }

    /**
     * How calls went.
     *
     * @param count functions called
     * @param wrong those that did not return their number, or whose constants are not theirs
     */
    record Calls(int count, int wrong) {}
}
