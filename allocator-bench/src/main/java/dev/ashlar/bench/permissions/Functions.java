package dev.ashlar.bench.permissions;

import dev.ashlar.bench.code.ConstantFunction;
import dev.ashlar.bench.load.SizeMix;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The functions of a run: how large each is, drawn in advance, and where it lies while it is live. Each returns its own
 * number, so that a call tells whether the right code stands there. Not thread-safe.
 */
final class Functions {

    private static final long PAGE_BYTE_SIZE = 4096;

    /** No function lies at this address. */
    private static final long NOWHERE = 0;

    private final int firstCount;
    private final int[] byteSizes;
    private final long[] addresses;

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

    /** Notes that a function is executable at an address. */
    void lives(int function, long address) {
        addresses[function] = address;
    }

    /** Notes that a function is no more. */
    void dies(int function) {
        addresses[function] = NOWHERE;
    }

    /** {@return bytes of all live functions} */
    long liveByteSize() {
        return live().mapToLong(function -> byteSizes[function]).sum();
    }

    /** {@return the addresses of all live functions, lowest first} */
    long[] liveAddresses() {
        return live().mapToLong(function -> addresses[function]).sorted().toArray();
    }

    /** Calls every {@code step}th live function. {@return how the calls went} */
    Calls call(int step) {
        int[] called = live().toArray();
        int count = 0;
        int wrong = 0;
        for (int index = 0; index < called.length; index += step) {
            count++;
            wrong += ConstantFunction.call(addresses[called[index]]) == called[index] ? 0 : 1;
        }
        return new Calls(count, wrong);
    }

    /**
     * {@return how many runs of adjacent pages some functions lie in: what must change its permissions, in as few
     * pieces as can be}
     *
     * @param from the first function
     * @param to the first that is not meant
     */
    int pageRuns(int from, int to) {
        long[][] pages = IntStream.range(from, to)
                .mapToObj(function -> new long[] {addresses[function] / PAGE_BYTE_SIZE,
                    Math.ceilDiv(addresses[function] + byteSizes[function], PAGE_BYTE_SIZE)})
                .sorted((one, other) -> Long.compare(one[0], other[0]))
                .toArray(long[][]::new);
        int runs = 0;
        long end = -1;
        for (long[] run : pages) {
            runs += run[0] > end ? 1 : 0;
            end = Math.max(end, run[1]);
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
     * @param wrong those that did not return their number
     */
    record Calls(int count, int wrong) {}
}
