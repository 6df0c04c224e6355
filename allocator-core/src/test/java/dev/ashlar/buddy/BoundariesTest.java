package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.region.Pages;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which runs cross the boundary of two regions, and where. */
class BoundariesTest {
    private static final int PER_REGION = Pages.PER_REGION;

    private final Boundaries boundaries = new Boundaries();

    @ParameterizedTest
    @CsvSource({
        "1, true", "256, true", "255, true", "240, true", "239, false", "480, true", "479, false", "512, true",
        "513, false", "950, false", "967, true", "1024, true", "1025, false"
    })
    void runsThatWouldLeaveASixteenthOfARegionAtMostFillIt(int pageCount, boolean expected) {
        assertThat(Boundaries.fillsRegions(pageCount)).isEqualTo(expected);
    }

    @Test
    void aRunUsesUpTheShorterSideAsFarAsItsAlignmentAllows() {
        boundaries.reserve(4);
        boundaries.update(0, 0, 300);
        boundaries.update(1, 200, 130);
        boundaries.update(2, 290, 0);
        assertThat(boundaries.find(495, 0)).isEqualTo(PER_REGION + 200 - 495);
        assertThat(boundaries.find(470, 4)).isEqualTo((PER_REGION + 200 - 470) / 16 * 16);
        assertThat(boundaries.find(405, 0)).isEqualTo(2 * PER_REGION - 130);
        assertThat(boundaries.find(400, 4)).isEqualTo((2 * PER_REGION - 130 + 15) / 16 * 16);
        assertThat(boundaries.find(501, 0)).isNegative();
    }

    /** The second place misses the first region, which is a hole. */
    @Test
    void aLongRunTakesThePlaceWithTheFewestHoles() {
        boundaries.reserve(4);
        boundaries.update(1, PER_REGION, PER_REGION);
        boundaries.update(2, PER_REGION, PER_REGION);
        BitSet holes = new BitSet();
        holes.set(0);
        holes.set(3);
        assertThat(boundaries.findLong(2 * PER_REGION, 0, holes, 4)).isEqualTo(PER_REGION);
        assertThat(boundaries.findLong(3 * PER_REGION, 0, holes, 4)).isZero();
        assertThat(boundaries.findLong(4 * PER_REGION + 1, 0, holes, 4)).isNegative();
    }

    private static RunAllocator full(int regionCount) {
        RunAllocator runs = new RunAllocator(new FakeRegionSource(regionCount));
        for (int region = 0; region < regionCount; region++) {
            assertThat(runs.allocate(PER_REGION, 0)).isEqualTo(Pages.firstOf(region));
        }
        return runs;
    }

    @Test
    void aShortRunDoesNotCross() {
        RunAllocator runs = full(2);
        runs.free(PER_REGION - 20, 40);
        assertThat(runs.allocate(Boundaries.LARGEST_INSIDE, 0)).isNegative();
        assertThat(runs.allocate(Boundaries.LARGEST_INSIDE + 1, 0)).isEqualTo(PER_REGION - 20);
    }

    @Test
    void theFirstRegionIsTakenWhenItIsTheEmptyOne() {
        RunAllocator runs = full(3);
        runs.free(0, PER_REGION);
        runs.free(2 * PER_REGION - 300, 600);
        assertThat(runs.allocate(PER_REGION, 0)).as("fills a region, so it does not cross").isZero();
        runs.free(0, PER_REGION);
        assertThat(runs.allocate(400, 0)).as("crosses").isEqualTo(2 * PER_REGION - 300);
        assertThat(runs.allocate(400, 0)).as("has no other place").isZero();
        RunCheck.check(runs);
    }
}
