package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.tool.memory.MemoryRefusedException;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tree of free ranges against a set of free units. */
final class RangeTreeTest {

    private static final int UNIT_COUNT = 600;
    private static final int LENGTH_MAX = 12;
    private static final long FIXED_SEED = 20_261_121;

    private final RangeTree tree = new RangeTree();
    private final BitSet free = new BitSet();

    static LongStream seeds() {
        Long given = Long.getLong("ashlar.seed");
        return given == null ? LongStream.of(FIXED_SEED, ThreadLocalRandom.current().nextLong()) : LongStream.of(given);
    }

    @ParameterizedTest(name = "repeat with -Dashlar.seed={0}")
    @MethodSource("seeds")
    void itHoldsTheFreeUnitsAsRangesThatTouchNoOther(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 20_000; step++) {
            int length = random.nextInt(1, random.nextInt(1, LENGTH_MAX) + 1);
            boolean growing = step / 3_000 % 2 == 0;
            if (random.nextInt(10) < (growing ? 7 : 3)) {
                add(random.nextInt(UNIT_COUNT - length), length);
            } else {
                take(length);
            }
            if (step % 10 == 0) {
                assertThat(tree.checkInvariants()).isEqualTo(rangeCount());
            }
        }
        for (int length = LENGTH_MAX; length > 0; length--) {
            while (lowest(length) != RangeTree.NOWHERE) {
                take(length);
            }
        }
        assertThat(tree.checkInvariants()).isZero();
    }

    private void add(int from, int length) {
        int set = free.nextSetBit(from);
        if (set < 0 || set >= from + length) {
            free.set(from, from + length);
            tree.add(from, length);
        }
    }

    private void take(int length) {
        int expected = lowest(length);
        assertThat(tree.take(length)).isEqualTo(expected);
        if (expected != RangeTree.NOWHERE) {
            free.clear(expected, expected + length);
        }
    }

    private int lowest(int length) {
        for (int start = free.nextSetBit(0); start >= 0; start = free.nextSetBit(free.nextClearBit(start))) {
            if (free.nextClearBit(start) - start >= length) {
                return start;
            }
        }
        return RangeTree.NOWHERE;
    }

    private int rangeCount() {
        int count = 0;
        for (int start = free.nextSetBit(0); start >= 0; start = free.nextSetBit(free.nextClearBit(start))) {
            count++;
        }
        return count;
    }

    @Test
    void aFullMemoryRefusesABlock() {
        try (RangeTreeCode memory = new RangeTreeCode()) {
            assertThatThrownBy(() -> memory.allocate((1L << 30) + 1)).isInstanceOf(MemoryRefusedException.class)
                    .hasMessageContaining("byteSize=1073741825, capacity=1073741824");
        }
    }
}
