package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packing order: shortest sufficient longest free stretch, then the fullest region to a power of two. */
class RegionBinsTest {
    private static final int REGION_COUNT = 12;

    private final RegionBins bins = new RegionBins();
    private final int[] longest = new int[REGION_COUNT];
    private final int[] free = new int[REGION_COUNT];

    @BeforeEach
    void startWithoutRegions() {
        bins.reserve(REGION_COUNT);
    }

    @Test
    void withoutARegionNothingIsChosen() {
        assertThat(bins.choose(1)).isEqualTo(-1);
    }

    @Test
    void theShortestSufficientStretchWinsOverTheFullerRegion() {
        put(0, 32, 32);
        put(1, 8, 15);
        put(2, 4, 256);

        assertThat(bins.choose(1)).as("most free pages, but the shortest stretches").isEqualTo(2);
        assertThat(bins.choose(4)).isEqualTo(2);
        assertThat(bins.choose(5)).isEqualTo(1);
        assertThat(bins.choose(8)).isEqualTo(1);
        assertThat(bins.choose(9)).isEqualTo(0);
        assertThat(bins.choose(33)).isEqualTo(-1);
    }

    @Test
    void ofEquallyLongStretchesTheFullestRegionWins() {
        put(0, 16, 64);
        put(1, 16, 16);
        put(2, 16, 32);

        assertThat(bins.choose(1)).isEqualTo(1);
        assertThat(bins.chooseAfter(1)).isEqualTo(2);
        assertThat(bins.chooseAfter(2)).isEqualTo(0);
        assertThat(bins.chooseAfter(0)).isEqualTo(-1);
    }

    @Test
    void aFullRegionIsNeverChosen() {
        put(0, 16, 16);
        put(0, 0, 0);

        assertThat(bins.choose(1)).isEqualTo(-1);
    }

    @Test
    void emptyRegionsAreNeverChosen() {
        put(0, 512, 512);
        put(1, 511, 511);

        assertThat(bins.choose(1)).isEqualTo(1);
        assertThat(bins.chooseAfter(1)).isEqualTo(-1);
        assertThat(bins.choose(512)).isEqualTo(-1);
    }

    @Test
    void everyLengthAndFillHasItsPlaceInPackingOrder() {
        for (int stretch = 1; stretch < 512; stretch++) {
            put(0, stretch, stretch);
            assertThat(bins.choose(stretch)).as("%d pages", stretch).isZero();
            assertThat(bins.choose(stretch + 1)).as("%d pages", stretch + 1).isEqualTo(-1);
            put(1, stretch, 511);
            assertThat(bins.choose(stretch)).as("%d pages", stretch).isIn(0, 1);
            put(2, Math.min(511, stretch + 1), 511);
            assertThat(bins.isInPlace(2, Math.min(511, stretch + 1), 511)).isTrue();
            put(0, 0, 0);
            put(1, 0, 0);
            assertThat(bins.choose(stretch)).isEqualTo(2);
            put(2, 0, 0);
        }
    }

    @Seeded
    void randomMovesBetweenBinsAgreeWithASearchOfAllRegions(long seed) {
        Seeds.run(seed, 50_000, random -> {
            int stretch = random.nextInt(8) == 0 ? random.nextInt(513) : random.nextInt(20);
            int freePages = stretch == 512 || stretch == 0 ? stretch : random.nextInt(stretch, 512);
            put(random.nextInt(REGION_COUNT), stretch, freePages);
            int wanted = choosable(random);
            int chosen = bins.choose(wanted);
            int expected = bestRank(wanted);
            assertThat(chosen < 0 ? Integer.MAX_VALUE : rank(chosen)).isEqualTo(expected);
            for (int next = chosen; next >= 0; next = bins.chooseAfter(next)) {
                assertThat(rank(next)).isGreaterThanOrEqualTo(expected);
                expected = rank(next);
            }
        });
    }

    private static int choosable(SplittableRandom random) {
        return random.nextInt(4) == 0 ? random.nextInt(1, 513) : random.nextInt(1, 20);
    }

    private int bestRank(int wanted) {
        int best = Integer.MAX_VALUE;
        for (int region = 0; region < REGION_COUNT; region++) {
            if (longest[region] >= wanted && longest[region] < 512) {
                best = Math.min(best, rank(region));
            }
        }
        return best;
    }

    private int rank(int region) {
        return longest[region] * 1000 + Integer.highestOneBit(free[region]);
    }

    private void put(int region, int longestStretch, int freePages) {
        longest[region] = longestStretch;
        free[region] = freePages;
        bins.update(region, longestStretch, freePages);
    }
}
