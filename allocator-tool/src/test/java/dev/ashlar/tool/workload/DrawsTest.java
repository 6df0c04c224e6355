package dev.ashlar.tool.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: all memories get the same work, and it is the work that the results name. */
final class DrawsTest {

    @ParameterizedTest
    @EnumSource
    void theSameSeedDrawsTheSame(SizeMix mix) {
        Draws one = new Draws(mix, 1000, 7);
        Draws same = new Draws(mix, 1000, 7);
        Draws other = new Draws(mix, 1000, 8);
        int different = 0;
        for (int draw = 0; draw < 1000; draw++) {
            one.advance();
            same.advance();
            other.advance();
            assertThat(same.byteSize()).isEqualTo(one.byteSize());
            assertThat(same.victim()).isEqualTo(one.victim());
            different += other.byteSize() != one.byteSize() ? 1 : 0;
        }
        assertThat(different).isGreaterThan(500);
    }

    @Test
    void mostOfALargeLiveSetIsReplacedBeforeTheDrawsRepeat() {
        int live = 300_000;
        Draws draws = new Draws(SizeMix.MIXED, live, 1);
        BitSet seen = new BitSet(live);
        for (int draw = 0; draw < 2 * live; draw++) {
            draws.advance();
            seen.set(draws.victim());
        }

        // Each is missed with a probability of e^-2 at most, had the draws not begun again; some do.
        assertThat(seen.cardinality()).isGreaterThan(live * 3 / 4);
    }

    @Test
    void functionsHaveTheMedianAndTheBoundsThatTheirNamePromises() {
        int[] sorted = sizes(SizeMix.FUNCTION);

        assertThat(sorted[0]).isEqualTo(64);
        assertThat(sorted[sorted.length - 1]).isEqualTo(4096);
        assertThat(sorted[sorted.length / 2]).isCloseTo(400, within(10));
    }

    @Test
    void mixedSizesFillEveryDoublingAlike() {
        int[] sorted = sizes(SizeMix.MIXED);

        assertThat(sorted[0]).isEqualTo(32);
        assertThat(sorted[sorted.length - 1]).isEqualTo(2048);
        for (int bound = 64; bound < 2048; bound *= 2) {
            int limit = bound;
            long below = IntStream.of(sorted).filter(byteSize -> byteSize < limit).count();
            double expected = (Math.log(bound) - Math.log(32)) / Math.log(64);
            assertThat((double) below / sorted.length).isCloseTo(expected, within(0.01));
        }
    }

    private static int[] sizes(SizeMix mix) {
        SplittableRandom random = new SplittableRandom(1);
        return IntStream.range(0, 100_000).map(_ -> mix.next(random)).sorted().toArray();
    }
}
