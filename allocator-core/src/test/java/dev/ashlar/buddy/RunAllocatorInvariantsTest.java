package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check finds what is planted. */
class RunAllocatorInvariantsTest {
    private final RunAllocator runs = new RunAllocator(new FakeRegionSource(4));

    @BeforeEach
    void someRuns() {
        assertThat(runs.allocate(3 * 512, 0)).isZero();
        runs.free(512, 512);
        runs.checkInvariants();
    }

    @Test
    void wrongCountsAreFound() {
        isFound(() -> Planted.set(runs, "committedRegionCount", 2), "counted [3, 1, 512] kept [2, 1, 512]");
        isFound(() -> Planted.set(runs, "committedRegionCount", 3), null);
        isFound(() -> Planted.set(runs, "emptyRegionCount", 0), "kept [3, 0, 512]");
        isFound(() -> Planted.set(runs, "emptyRegionCount", 1), null);
        isFound(() -> Planted.set(runs, "freePageCount", 513L), "kept [3, 1, 513]");
    }

    @Test
    void aRegionInTheWrongBinIsFound() {
        RegionBins bins = Planted.in(runs, "bins", RegionBins.class);
        isFound(() -> bins.update(1, 8), "region 1 is in bin 8");
        isFound(() -> bins.update(1, -1), "region 1 is in bin -1");
        isFound(() -> bins.update(1, 9), null);
        isFound(() -> bins.update(3, 0), "region 3 is in bin 0");
    }

    @Test
    void aCorruptBuddyIsFound() {
        Buddy[] buddies = Planted.in(runs, "buddies", Buddy[].class);
        isFound(() -> Planted.set(buddies[2], "freePageCount", 1), "buddy corrupted");
    }

    @Test
    void pagesOfARegionThatIsNotCommittedCannotBeFreed() {
        RunCounts before = RunCounts.of(runs);
        assertThatThrownBy(() -> runs.free(3 * 512, 1)).hasMessageContaining("region 3 is not committed");
        assertThat(RunCounts.of(runs)).isEqualTo(before);
        runs.checkInvariants();
    }

    private void isFound(Runnable plant, String message) {
        plant.run();
        if (message == null) {
            runs.checkInvariants();
        } else {
            assertThatThrownBy(runs::checkInvariants).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(message);
        }
    }
}
