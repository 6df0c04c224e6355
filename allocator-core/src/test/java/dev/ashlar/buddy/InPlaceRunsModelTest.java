package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.region.Pages;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** Pages that were published in place are handed out again only after all of their region is free. */
class InPlaceRunsModelTest {
    private static final int REGION_COUNT = 6;
    private static final int PAGE_COUNT = Pages.firstOf(REGION_COUNT);

    private final Source source = new Source();
    private final RunAllocator runs = new RunAllocator(source);
    private final BitSet used = new BitSet();
    private final BitSet withheld = new BitSet();
    private final List<Integer> emptied = new ArrayList<>();
    private final List<Run> live = new ArrayList<>();

    private record Run(int firstPage, int pageCount) {}

    private static final class Source extends FakeRegionSource {
        private final BitSet published = new BitSet();
        private final List<Integer> emptied = new ArrayList<>();

        Source() {
            super(REGION_COUNT);
        }

        @Override
        public boolean publishesInPlace() {
            return true;
        }

        @Override
        public boolean isOpen(int firstPage, int pageCount) {
            return published.get(firstPage, firstPage + pageCount).isEmpty();
        }

        @Override
        public void emptied(int region) {
            published.clear(Pages.firstOf(region), Pages.firstOf(region + 1));
            emptied.add(region);
        }
    }

    @Seeded
    void randomStepsAgreeWithAModelOfEveryPage(long seed) {
        Seeds.run(seed, 5_000, random -> {
            int kind = random.nextInt(100);
            if (kind < 50) {
                allocate(random);
            } else if (kind < 98 && !live.isEmpty()) {
                free(live.remove(random.nextInt(live.size())), random);
            } else if (kind == 98) {
                runs.trim();
            }
            compare();
        });
        if (Seeds.isFixed(seed)) {
            assertThat(emptied).hasSizeGreaterThan(10);
        }
    }

    private void allocate(SplittableRandom random) {
        int pageCount = random.nextInt(10) == 0 ? random.nextInt(1, 700) : random.nextInt(1, 60);
        int page = runs.allocate(pageCount, 0);
        if (page < 0) {
            return;
        }
        int end = page + pageCount;
        assertThat(used.get(page, end).isEmpty() && withheld.get(page, end).isEmpty()).isTrue();
        if (pageCount <= Boundaries.LARGEST_INSIDE) {
            boolean startsStretch = Pages.inRegion(page) == 0 || used.get(page - 1) || withheld.get(page - 1);
            assertThat(startsStretch).as("run at the start of a stretch").isTrue();
        }
        used.set(page, end);
        live.add(new Run(page, pageCount));
        if (random.nextInt(3) > 0) {
            source.published.set(page, page + random.nextInt(1, pageCount + 1));
        }
    }

    private void free(Run run, SplittableRandom random) {
        int kept = random.nextInt(4) == 0 ? random.nextInt(run.pageCount()) : 0;
        int end = run.firstPage() + run.pageCount();
        if (kept > 0) {
            live.add(new Run(run.firstPage(), kept));
        }
        for (int page = run.firstPage() + kept; page < end; page = Pages.endOfPart(page, end)) {
            int partEnd = Pages.endOfPart(page, end);
            used.clear(page, partEnd);
            withheld.set(page, partEnd, !source.isOpen(page, partEnd - page));
            int first = Pages.firstOf(Pages.regionOf(page));
            if (used.get(first, first + Pages.PER_REGION).isEmpty()) {
                withheld.clear(first, first + Pages.PER_REGION);
                emptied.add(Pages.regionOf(page));
            }
        }
        runs.free(run.firstPage() + kept, run.pageCount() - kept);
    }

    private void compare() {
        RunCheck.check(runs);
        assertThat(source.emptied).isEqualTo(emptied);
        assertThat(runs.withheldPageCount()).isEqualTo(withheld.cardinality());
        int committed = Pages.firstOf(runs.committedRegionCount());
        assertThat(runs.freePageCount()).isEqualTo(committed - used.cardinality() - withheld.cardinality());
        assertThat(used.length()).isLessThanOrEqualTo(PAGE_COUNT);
    }
}
