package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.region.Pages;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Free pages of a region in use can lose their memory, and have it again when they are taken. */
class DiscardedPagesTest {
    private static final int PER_REGION = Pages.PER_REGION;

    private final Source source = new Source();
    private final RunAllocator runs = new RunAllocator(source);

    private record Stretch(int firstPage, int pageCount) {}

    private static final class Source extends FakeRegionSource {
        private final BitSet discarded = new BitSet();
        private final List<Stretch> discards = new ArrayList<>();
        private boolean refusesToRestore;

        Source() {
            super(3);
        }

        @Override
        public int discard(int firstPage, int pageCount) {
            discards.add(new Stretch(firstPage, pageCount));
            int before = discarded.cardinality();
            discarded.set(firstPage, firstPage + pageCount);
            return discarded.cardinality() - before;
        }

        @Override
        public boolean restore(int firstPage, int pageCount) {
            if (refusesToRestore && !discarded.get(firstPage, firstPage + pageCount).isEmpty()) {
                return false;
            }
            discarded.clear(firstPage, firstPage + pageCount);
            return true;
        }

        @Override
        public boolean isThin(int region) {
            return !discarded.get(Pages.firstOf(region), Pages.firstOf(region + 1)).isEmpty();
        }
    }

    @AfterEach
    void theIndexesAgree() {
        RunCheck.check(runs);
    }

    private void fillTwoRegions() {
        assertThat(runs.allocate(PER_REGION, 0)).isZero();
        assertThat(runs.allocate(PER_REGION, 0)).isEqualTo(PER_REGION);
    }

    @Test
    void eachStretchOfFreePagesOfTheRegionIsDiscarded() {
        fillTwoRegions();
        runs.free(3, 4);
        int[][] freed = {{0, 1}, {62, 3}, {128, 64}, {200, 101}, {511, 1}};
        List<Stretch> expected = new ArrayList<>();
        for (int[] stretch : freed) {
            runs.free(PER_REGION + stretch[0], stretch[1]);
            expected.add(new Stretch(PER_REGION + stretch[0], stretch[1]));
        }
        assertThat(runs.discardFreePages(1)).isEqualTo(1 + 3 + 64 + 101 + 1);
        assertThat(source.discards).isEqualTo(expected);
        assertThat(runs.discardFreePages(1)).isZero();
    }

    @Test
    void anEmptyRegionAndAHoleKeepWhatTheyHave() {
        assertThat(runs.precommit(1)).isTrue();
        assertThat(runs.discardFreePages(0)).isZero();
        assertThat(runs.discardFreePages(1)).isZero();
        assertThat(source.discards).isEmpty();
    }

    @Test
    void aRunHasItsMemoryAgain() {
        fillTwoRegions();
        runs.free(8, 16);
        runs.discardFreePages(0);
        assertThat(runs.allocate(4, 0)).isEqualTo(8);
        assertThat(source.discarded.nextSetBit(0)).isEqualTo(12);
    }

    @Test
    void aRunWithoutItsMemoryIsNotTaken() {
        fillTwoRegions();
        runs.free(8, 16);
        runs.discardFreePages(0);
        source.refusesToRestore = true;
        assertThat(runs.allocate(4, 0)).isNegative();
        assertThat(runs.extend(8)).isZero();
        assertThat(runs.freePageCount()).isEqualTo(16);
        source.refusesToRestore = false;
        assertThat(runs.extend(8)).isEqualTo(16);
        assertThat(source.discarded.isEmpty()).isTrue();
    }

    @Test
    void aRegionThatIsEmptyWithoutItsMemoryIsReleasedAtOnce() {
        assertThat(runs.allocate(8, 0)).isZero();
        runs.discardFreePages(0);
        runs.free(0, 8);
        assertThat(runs.committedRegionCount()).isZero();
    }

    @Test
    void precommittedRegionsHaveAllTheirMemory() {
        assertThat(runs.precommit(1)).isTrue();
        source.discarded.set(5);
        source.refusesToRestore = true;
        assertThat(runs.precommit(1)).isFalse();
        source.refusesToRestore = false;
        assertThat(runs.precommit(1)).isTrue();
        assertThat(source.discarded.isEmpty()).isTrue();
    }
}
