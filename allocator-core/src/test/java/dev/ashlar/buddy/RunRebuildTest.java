package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The runs in use and the regions of the source are enough to rebuild everything else. */
class RunRebuildTest {
    private static final int REGION_COUNT = 8;

    private final BitSet published = new BitSet();
    private final List<Integer> emptied = new ArrayList<>();
    private final List<Run> live = new ArrayList<>();
    private int recoverCount;

    private record Run(int firstPage, int pageCount) {}

    private final class Source extends FakeRegionSource {
        private final boolean inPlace;

        Source(boolean inPlace) {
            super(REGION_COUNT);
            this.inPlace = inPlace;
        }

        @Override
        public boolean publishesInPlace() {
            return inPlace;
        }

        @Override
        public boolean isOpen(int firstPage, int pageCount) {
            return published.get(firstPage, firstPage + pageCount).isEmpty();
        }

        @Override
        public void emptied(int region) {
            emptied.add(region);
            published.clear(Pages.firstOf(region), Pages.firstOf(region + 1));
        }

        @Override
        public void recover() {
            recoverCount++;
        }
    }

    private record State(
            RunCounts counts, long withheld, BitSet free, int largest, BitSet cold, BitSet empty) {
        static State of(RunAllocator runs) {
            BitSet free = new BitSet();
            BitSet cold = new BitSet();
            for (int region = 0; region < REGION_COUNT; region++) {
                Buddy buddy = runs.buddies[region];
                cold.set(region, runs.cold.contains(region));
                for (int page = 0; buddy != null && page < Pages.PER_REGION; page++) {
                    free.set(Pages.firstOf(region) + page, buddy.freeFrom(page) > 0);
                }
            }
            return new State(RunCounts.of(runs), runs.withheldPageCount(), free,
                    runs.figures().largestFreePageCount(), cold, (BitSet) runs.emptyRegions.clone());
        }
    }

    private void fill(RunAllocator runs, SplittableRandom random) {
        for (int step = 0; step < 400; step++) {
            if (random.nextInt(5) < 3) {
                int pageCount = random.nextInt(20) == 0 ? random.nextInt(1, 1100) : random.nextInt(1, 50);
                Temperature temperature = random.nextInt(3) == 0 ? Temperature.COLD : Temperature.HOT;
                int page = runs.allocate(pageCount, 0, temperature);
                if (page >= 0) {
                    live.add(new Run(page, pageCount));
                    published.set(page, page + pageCount, random.nextBoolean());
                }
            } else if (!live.isEmpty()) {
                Run run = live.remove(random.nextInt(live.size()));
                runs.free(run.firstPage(), run.pageCount());
            }
        }
    }

    private void rebuild(RunAllocator runs) {
        RunRebuild rebuild = new RunRebuild(runs);
        live.forEach(run -> rebuild.take(run.firstPage(), run.pageCount()));
        rebuild.end();
        RunCheck.check(runs);
    }

    @Seeded
    void aRebuildChangesNothingIfNothingIsWrong(long seed) {
        fillAndRebuild(new RunAllocator(new Source(false)), seed);
    }

    @Seeded
    void aRebuildWithholdsTheFreePagesThatArePublishedInPlace(long seed) {
        fillAndRebuild(new RunAllocator(new Source(true)), seed);
    }

    private void fillAndRebuild(RunAllocator runs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 1; round <= 5; round++) {
            fill(runs, random);
            State before = State.of(runs);
            emptied.clear();
            rebuild(runs);
            assertThat(State.of(runs)).isEqualTo(before);
            assertThat(emptied).isEqualTo(before.empty().stream().boxed().toList());
            assertThat(recoverCount).isEqualTo(round);
        }
        live.forEach(run -> runs.free(run.firstPage(), run.pageCount()));
        RunCheck.check(runs);
        assertThat(runs.emptyRegionCount()).isEqualTo(runs.committedRegionCount());
        assertThat(runs.withheldPageCount()).isZero();
    }

    @Test
    void aRegionWhosePublishedPagesAreAllFreeIsEmptyAfterARebuild() {
        RunAllocator runs = new RunAllocator(new Source(true));
        live.add(new Run(runs.allocate(40, 0, Temperature.COLD), 40));
        published.set(Pages.firstOf(REGION_COUNT - 1), Pages.firstOf(REGION_COUNT - 1) + 30);
        live.clear();
        rebuild(runs);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);
        assertThat(runs.withheldPageCount()).isZero();
        assertThat(emptied).containsExactly(REGION_COUNT - 1);
        assertThat(runs.allocate(40, 0)).as("place of a hot run").isEqualTo(Pages.firstOf(REGION_COUNT - 1));
    }

    @Test
    void aRegionThatTheSourceLostIsAHoleAfterARebuild() {
        FakeRegionSource source = new Source(false);
        RunAllocator runs = new RunAllocator(source);
        assertThat(runs.precommit(3)).isTrue();
        source.release(1);
        rebuild(runs);
        assertThat(runs.committedRegionCount()).isEqualTo(2);
        assertThat(runs.isCommitted(1)).isFalse();
        assertThat(runs.freePageCount()).isEqualTo(2 * Pages.PER_REGION);
    }
}
