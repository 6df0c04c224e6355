package dev.ashlar.tool.soak;

import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/** The random numbers of one worker, which follow from the seed and its number. For one thread. */
final class Draw {
    private static final int SMALL = 1 << 12;
    private static final int MEDIUM = 1 << 16;
    private static final int LARGE = 1 << 20;
    private static final int LEAST = 16;

    private final SplittableRandom random;
    /** What is written to a block: a function, and bytes that must be there afterwards. */
    private final MemorySegment source = Arena.ofAuto().allocate(LARGE, Long.BYTES);

    Draw(long seed, int worker) {
        random = new SplittableRandom(seed * 1_000_003 + worker);
    }

    /** {@return true once in {@code count} times} */
    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    /** {@return a number from 0 to {@code bound}, exclusive} */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** {@return a size of up to 4 KiB, rarely of up to 64 KiB, once in a thousand of up to 1 MiB} */
    int byteSize() {
        int kind = random.nextInt(1000);
        int most = kind == 0 ? LARGE : kind < 20 ? MEDIUM : SMALL;
        double exponent = random.nextDouble() * Math.log((double) most / LEAST);
        return Math.clamp(Math.round(LEAST * Math.exp(exponent)), LEAST, most);
    }

    /** {@return a power of two, mostly 16} */
    long byteAlignment() {
        return oneIn(16) ? 1L << random.nextInt(4, 14) : 16;
    }

    /** {@return what tells a block from all others, or nearly so} */
    int stamp() {
        return random.nextInt();
    }

    /** {@return code that returns the stamp, and has words that follow from it; valid until the next call} */
    MemorySegment code(int byteSize, int stamp) {
        MemorySegment code = source.asSlice(0, byteSize);
        Marked.fill(code, stamp);
        ConstantFunction.write(code, stamp);
        return code;
    }
}
