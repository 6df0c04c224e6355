package dev.ashlar.bench.rangetree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tree of free ranges against a set of free units. */
final class RangeTreeTest {

    private static final int UNIT_COUNT = 600;

    private final RangeTree tree = new RangeTree();
    private final BitSet free = new BitSet();

    static LongStream seeds() {
        return Seeds.fixedAndFresh();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void itHoldsTheFreeUnitsAsRangesThatTouchNoOther(long seed) {
        Seeds.run(seed, this::steps);
    }

    private void steps(SplittableRandom random) {
        for (int step = 0; step < 20_000; step++) {
            int length = random.nextInt(1, random.nextInt(1, 12) + 1);
            boolean growing = step / 3_000 % 2 == 0;
            if (random.nextInt(10) < (growing ? 7 : 3)) {
                merge(random.nextInt(UNIT_COUNT - length), length);
            } else if (random.nextInt(3) == 0) {
                cut(random.nextInt(UNIT_COUNT - length), length);
            } else {
                take(length);
            }
            if (step % 10 == 0) {
                compare();
            }
        }
    }

    private void merge(int from, int length) {
        int set = free.nextSetBit(from);
        if (set >= 0 && set < from + length) {
            return;
        }
        free.set(from, from + length);
        int node = tree.merge(from, length);
        assertThat(tree.start(node)).isEqualTo(free.previousClearBit(from) + 1);
        assertThat(tree.start(node) + tree.length(node)).isEqualTo(free.nextClearBit(from));
    }

    private void cut(int from, int length) {
        if (free.nextClearBit(from) >= from + length) {
            free.clear(from, from + length);
            tree.cut(tree.floor(from), from, from + length);
        }
    }

    private void take(int length) {
        int node = tree.firstFit(length);
        int expected = lowest(length);
        if (expected < 0) {
            assertThat(node).isEqualTo(RangeTree.NONE);
        } else {
            assertThat(tree.start(node)).isEqualTo(expected);
            tree.takeFront(node, length);
            free.clear(expected, expected + length);
        }
    }

    private int lowest(int length) {
        for (int start = free.nextSetBit(0); start >= 0; start = free.nextSetBit(free.nextClearBit(start))) {
            if (free.nextClearBit(start) - start >= length) {
                return start;
            }
        }
        return -1;
    }

    private void compare() {
        int count = 0;
        for (int start = free.nextSetBit(0); start >= 0; start = free.nextSetBit(free.nextClearBit(start))) {
            int length = free.nextClearBit(start) - start;
            int node = tree.floor(start);
            assertThat(tree.start(node)).isEqualTo(start);
            assertThat(tree.length(node)).isEqualTo(length);
            assertThat(tree.floor(start + length - 1L)).isEqualTo(node);
            assertThat(tree.floor(start - 1L)).isNotEqualTo(node);
            count++;
        }
        assertThat(tree.checkInvariants()).isEqualTo(count);
    }
}
