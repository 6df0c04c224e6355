package dev.ashlar.bench.designs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bits that designs search, against the JDK's. */
final class BitSetsTest {

    static LongStream seeds() {
        return Seeds.fixedAndFresh();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theLowestNumberOfATreeOfBitsIsFound(long seed) {
        Seeds.run(seed, BitSetsTest::tree);
    }

    private static void tree(SplittableRandom random) {
        for (int bitCount : new int[] {1, 64, 65, 4096, 4097, 300_000}) {
            BitTree tree = new BitTree(bitCount);
            BitSet model = new BitSet();
            for (int step = 0; step < 5_000; step++) {
                int number = random.nextInt(random.nextInt(bitCount) + 1);
                if (random.nextInt(3) == 0) {
                    tree.set(number);
                    model.set(number);
                } else {
                    // Mostly the lowest: else the lowest hardly ever goes.
                    int gone = random.nextBoolean() || model.isEmpty() ? number : model.nextSetBit(0);
                    tree.clear(gone);
                    model.clear(gone);
                }
                assertThat(tree.first()).isEqualTo(model.nextSetBit(0));
                assertThat(tree.get(number)).isEqualTo(model.get(number));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theLowestStretchOfABitmapIsFound(long seed) {
        Seeds.run(seed, BitSetsTest::bitmap);
    }

    private static void bitmap(SplittableRandom random) {
        int unitCount = 512;
        RegionBitmap bitmap = new RegionBitmap(unitCount);
        BitSet model = new BitSet();
        for (int step = 0; step < 20_000; step++) {
            int length = random.nextInt(1, random.nextInt(1, 150) + 1);
            int from = random.nextInt(unitCount - length);
            int used = model.nextSetBit(from);
            if (random.nextInt(3) == 0 && (used < 0 || used >= from + length)) {
                bitmap.take(from, length);
                model.set(from, from + length);
            } else if (used >= 0) {
                int count = random.nextInt(1, model.nextClearBit(used) - used + 1);
                bitmap.free(used, count);
                model.clear(used, used + count);
            }
            assertThat(bitmap.firstFit(length)).isEqualTo(lowest(model, unitCount, length));
            assertThat(bitmap.freeCount()).isEqualTo(unitCount - model.cardinality());
            assertThat(bitmap.usedGroupCount(8)).isEqualTo((int) model.stream().map(unit -> unit / 8).distinct()
                    .count());
        }
    }

    private static int lowest(BitSet used, int unitCount, int length) {
        int start = used.nextClearBit(0);
        while (start + length <= unitCount) {
            int end = used.nextSetBit(start);
            if (end < 0 || end - start >= length) {
                return start;
            }
            start = used.nextClearBit(end);
        }
        return -1;
    }
}
