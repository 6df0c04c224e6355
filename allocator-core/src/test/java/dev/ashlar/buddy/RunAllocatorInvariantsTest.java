package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check finds planted errors. */
class RunAllocatorInvariantsTest {
    private final RunAllocator runs = new RunAllocator(new FakeRegionSource(4));

    @BeforeEach
    void takeSomeRuns() {
        assertThat(runs.allocate(3 * 512, 0)).isZero();
        runs.free(512, 512);
        RunCheck.check(runs);
    }

    @Test
    void wrongCountsAreFound() {
        isFound(() -> runs.committedRegionCount = 2, "counted [3, 1, 512] kept [2, 1, 512]");
        isFound(() -> runs.committedRegionCount = 3, null);
        isFound(() -> runs.emptyRegionCount = 0, "kept [3, 0, 512]");
        isFound(() -> runs.emptyRegionCount = 1, null);
        isFound(() -> runs.freePageCount = 513L, "kept [3, 1, 513]");
    }

    @Test
    void aRegionInTheWrongBinIsFound() {
        RegionBins bins = runs.bins;
        isFound(() -> bins.update(1, 8, 512), "region 1 is in the wrong bin");
        isFound(() -> bins.update(1, 512, 512), null);
        isFound(() -> bins.update(3, 1, 1), "region 3 is in the wrong bin");
    }

    @Test
    void aWrongBoundaryIsFound() {
        runs.free(600 - 512, 100);
        Boundaries boundaries = runs.boundaries;
        isFound(() -> boundaries.update(1, 512, 511), "boundaries corrupted: region=1");
        isFound(() -> boundaries.update(1, 511, 512), "boundaries corrupted: region=1");
        isFound(() -> boundaries.update(1, 512, 512), null);
        NumberedLists places = boundaries.places;
        isFound(() -> places.move(1, 60), "boundaries corrupted: region=1");
    }

    @Test
    void aWrongHoleIsFound() {
        BitSet holes = runs.holes;
        isFound(() -> holes.set(2), "region 2 is wrong among the holes");
        isFound(() -> holes.clear(2), null);
        isFound(() -> holes.clear(3), "region 3 is wrong among the holes");
        isFound(() -> holes.set(3), null);
        BitSet empty = runs.emptyRegions;
        isFound(() -> empty.set(2), "region 2 is wrong among the empty regions");
        isFound(() -> empty.clear(2), null);
        isFound(() -> empty.clear(1), "region 1 is wrong among the empty regions");
    }

    @Test
    void aCorruptBuddyIsFound() {
        Buddy[] buddies = runs.buddies;
        buddies[2].freeNodes[15] ^= 1;
        isFound(() -> {}, "buddy corrupted");
    }

    @Test
    void pagesOfARegionThatIsNotCommittedCannotBeFreed() {
        RunCounts before = RunCounts.of(runs);
        assertThatThrownBy(() -> runs.free(3 * 512, 1)).hasMessageContaining("region 3 is not committed");
        assertThat(RunCounts.of(runs)).isEqualTo(before);
        RunCheck.check(runs);
    }

    private void isFound(Runnable plant, String message) {
        plant.run();
        if (message == null) {
            RunCheck.check(runs);
        } else {
            assertThatThrownBy(() -> RunCheck.check(runs)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(message);
        }
    }
}
