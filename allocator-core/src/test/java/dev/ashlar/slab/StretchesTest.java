package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.SeededSteps;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One pass over random bitmaps, against a list of all stretches. */
class StretchesTest {
    private static final int COUNT = PackedRun.GRANULE_COUNT;

    private final Stretches stretches = new Stretches();
    private final BitSet occupied = new BitSet(COUNT);

    static LongStream seeds() {
        return SeededSteps.seeds();
    }

    private record Stretch(int from, int length) {}

    @ParameterizedTest
    @MethodSource("seeds")
    void aPassFindsWhatAListOfAllStretchesSays(long seed) {
        SeededSteps.run(seed, 50_000, random -> {
            occupy(random);
            scan(random, needed(random));
        });
    }

    /** Stretches that begin and end at or near the edges of words, up to whole words and the whole run. */
    private void occupy(SplittableRandom random) {
        occupied.clear();
        int longestPart = 1 << random.nextInt(1, 11);
        boolean isOccupied = random.nextBoolean();
        for (int from = 0; from < COUNT; isOccupied = !isOccupied) {
            int to = Math.min(COUNT, from + random.nextInt(1, longestPart + 1));
            if (random.nextInt(4) == 0) {
                to = Math.min(COUNT, (to | 63) + 1);
            }
            occupied.set(from, to, isOccupied);
            from = to;
        }
    }

    private static int needed(SplittableRandom random) {
        return random.nextBoolean() ? random.nextInt(1, 20) : random.nextInt(1, COUNT + 2);
    }

    private void scan(SplittableRandom random, int needed) {
        long[] granules = new long[COUNT / 32];
        occupied.stream().forEach(granule -> {
            int where = random.nextInt(3);
            granules[granule >> 5] |= (where == 0 ? 1L : where == 1 ? 1L << 32 : 1L << 32 | 1) << (granule & 31);
        });
        stretches.scan(granules, needed);

        Stretch none = new Stretch(-1, Integer.MAX_VALUE);
        Stretch best = none;
        Stretch longest = new Stretch(0, 0);
        for (int from = occupied.nextClearBit(0); from < COUNT; from = occupied.nextClearBit(endOf(from))) {
            Stretch found = new Stretch(from, endOf(from) - from);
            best = found.length >= needed && found.length < best.length ? found : best;
            longest = found.length > longest.length ? found : longest;
        }
        int longestOther = 0;
        for (int from = occupied.nextClearBit(0); from < COUNT; from = occupied.nextClearBit(endOf(from))) {
            longestOther = from == best.from ? longestOther : Math.max(longestOther, endOf(from) - from);
        }
        assertThat(new Stretch(stretches.bestStart, stretches.bestLength)).as("best for %d", needed).isEqualTo(best);
        assertThat(new Stretch(stretches.longestStart, stretches.longest)).as("longest").isEqualTo(longest);
        assertThat(stretches.longestOther).as("longest but for the best").isEqualTo(longestOther);
    }

    private int endOf(int from) {
        int end = occupied.nextSetBit(from);
        return end < 0 ? COUNT : end;
    }

    @Test
    void theWholeAndNothingAreFound() {
        SplittableRandom random = new SplittableRandom(1);
        for (int needed : new int[] {1, COUNT, COUNT + 1}) {
            occupied.clear();
            scan(random, needed);
            occupied.set(0, COUNT);
            scan(random, needed);
        }
    }
}
