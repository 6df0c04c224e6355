package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packing order: smallest sufficient largest free order, then the fullest region, then the lowest. */
class RegionBinsTest {
    private static final int REGION_COUNT = 12;

    private final RegionBins bins = new RegionBins(REGION_COUNT);
    private final Buddy[] buddies = new Buddy[REGION_COUNT];

    static LongStream seeds() {
        return SeededSteps.seeds();
    }

    @Test
    void withoutARegionThereIsNothingToChoose() {
        assertThat(bins.choose(0, buddies)).isEqualTo(-1);
    }

    @Test
    void theSmallestSufficientFreeOrderWinsOverTheFullerRegion() {
        put(0, regionWithFree(32));
        put(1, regionWithFree(8 + 4 + 2 + 1));
        Buddy scattered = regionWithFree(0);
        for (int page = 0; page < 512; page += 8) {
            scattered.free(page, 4);
        }
        put(2, scattered);

        assertThat(bins.choose(0, buddies)).as("most free pages, but the smallest blocks").isEqualTo(2);
        assertThat(bins.choose(2, buddies)).isEqualTo(2);
        assertThat(bins.choose(3, buddies)).isEqualTo(1);
        assertThat(bins.choose(4, buddies)).isEqualTo(0);
        assertThat(bins.choose(6, buddies)).isEqualTo(-1);
    }

    @Test
    void ofEqualFreeOrdersTheFullestRegionWins() {
        put(0, regionWithFree(16 + 8));
        put(1, regionWithFree(16));
        put(2, regionWithFree(16 + 4));

        assertThat(bins.choose(0, buddies)).isEqualTo(1);
    }

    @Test
    void ofEquallyFullRegionsTheLowestWinsWhateverTheirHistory() {
        put(5, regionWithFree(16));
        put(3, regionWithFree(16));
        put(7, regionWithFree(16));

        assertThat(bins.choose(4, buddies)).isEqualTo(3);
    }

    @Test
    void aFullRegionIsNeverChosen() {
        put(0, regionWithFree(0));

        assertThat(bins.binOf(0)).isEqualTo(-1);
        assertThat(bins.choose(0, buddies)).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomMovesBetweenBinsAgreeWithASearchOfAllRegions(long seed) {
        SeededSteps.run(seed, 20_000, random -> {
            put(random.nextInt(REGION_COUNT), regionWithFree(freePages(random)));
            int order = random.nextInt(Buddy.MAX_ORDER + 1);
            assertThat(bins.choose(order, buddies)).isEqualTo(searchAll(order));
        });
    }

    private static int freePages(SplittableRandom random) {
        return random.nextInt(4) == 0 ? 0 : random.nextInt(1, 2 << random.nextInt(9));
    }

    private int searchAll(int order) {
        int best = -1;
        for (int region = 0; region < REGION_COUNT; region++) {
            if (buddies[region] == null || buddies[region].largestFreeOrder() < order) {
                continue;
            }
            if (best < 0 || rank(region) < rank(best)) {
                best = region;
            }
        }
        return best;
    }

    private int rank(int region) {
        return buddies[region].largestFreeOrder() * 1000 + buddies[region].freePageCount();
    }

    private void put(int region, Buddy buddy) {
        buddies[region] = buddy;
        bins.update(region, buddy.largestFreeOrder());
    }

    /** The free pages are the last ones. */
    private static Buddy regionWithFree(int pageCount) {
        Buddy buddy = new Buddy();
        if (pageCount < Buddy.PAGE_COUNT) {
            assertThat(buddy.allocate(Buddy.PAGE_COUNT - pageCount, 0)).isZero();
        }
        return buddy;
    }
}
