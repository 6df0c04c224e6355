package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random runs, frees, precommits and trims over a source that refuses now and then, against regions told page by page.
 * The model says beforehand which region must be chosen and whether a commit may be needed.
 */
class RunAllocatorModelTest {
    private static final int REGION_COUNT = 8;

    private final FakeRegionSource source = new FakeRegionSource(REGION_COUNT);
    private final RunAllocator runs = new RunAllocator(source);
    private final PageModel[] models = new PageModel[REGION_COUNT];
    private final List<Run> live = new ArrayList<>();
    private int retained = 1;

    private record Run(int firstPage, int pageCount) {}

    RunAllocatorModelTest() {
        for (int region = 0; region < REGION_COUNT; region++) {
            models[region] = new PageModel();
        }
    }

    static LongStream seeds() {
        return SeededSteps.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomStepsAgreeWithRegionsToldPageByPage(long seed) {
        SeededSteps.run(seed, 20_000, random -> {
            refuseNowAndThen(random);
            switch (random.nextInt(20)) {
                case 0 -> precommit(random.nextInt(1, 4));
                case 1 -> trim();
                case 2, 3, 4, 5, 6, 7, 8, 9, 10 -> allocate(random);
                default -> free(random);
            }
            source.heal();
            compare();
        });
    }

    private void refuseNowAndThen(SplittableRandom random) {
        if (random.nextInt(5) == 0) {
            source.refuseCommit(random.nextInt(1, 4)).refuseRelease(random.nextInt(1, 4));
        }
    }

    private void allocate(SplittableRandom random) {
        int pageCount = switch (random.nextInt(8)) {
            case 0 -> random.nextInt(1, 4 * 512);
            case 1, 2 -> random.nextInt(1, 513);
            default -> random.nextInt(1, 40);
        };
        int alignment = random.nextInt(5) == 0 ? random.nextInt(RunAllocator.MAX_ORDER + 1) : 0;
        int expected = pageCount > 512 ? -1 : expectedPage(Math.max(Buddy.orderOf(pageCount), alignment));
        RunCounts before = RunCounts.of(runs);
        int refusals = source.refusedCommitCount();
        int commits = source.commitCount();
        long failedReleases = runs.releaseFailureCount();

        int page = runs.allocate(pageCount, alignment);

        if (page < 0) {
            boolean refused = source.refusedCommitCount() > refusals;
            assertThat(refused || noPlaceFor(pageCount)).as("refused %d pages with room left", pageCount).isTrue();
            if (runs.releaseFailureCount() == failedReleases) {
                assertThat(RunCounts.of(runs)).isEqualTo(before);
            }
            return;
        }
        if (expected >= 0) {
            assertThat(page).as("packing order").isEqualTo(expected);
            assertThat(source.commitCount()).as("commits beside room enough").isEqualTo(commits);
        }
        assertThat(page % (1 << alignment)).isZero();
        forEachRegion(page, pageCount, (region, from, count) -> {
            assertThat(source.isCommitted(region)).isTrue();
            models[region].take(from, count);
        });
        live.add(new Run(page, pageCount));
    }

    /** {@return the page that a committed region must give by the packing order, or -1 where none has room} */
    private int expectedPage(int order) {
        int best = -1;
        for (int region = 0; region < REGION_COUNT; region++) {
            if (source.isCommitted(region) && models[region].largestFreeOrder() >= order
                    && (best < 0 || rank(region) < rank(best))) {
                best = region;
            }
        }
        return best < 0 ? -1 : best * 512 + models[best].bestBlock(order);
    }

    private int rank(int region) {
        return models[region].largestFreeOrder() * 1000 + models[region].freePageCount();
    }

    private boolean noPlaceFor(int pageCount) {
        int needed = (pageCount + 511) / 512;
        int sideBySide = 0;
        for (PageModel model : models) {
            sideBySide = model.freePageCount() == 512 ? sideBySide + 1 : 0;
            if (sideBySide == needed) {
                return false;
            }
        }
        return true;
    }

    private void free(SplittableRandom random) {
        if (live.isEmpty()) {
            return;
        }
        Run run = live.remove(random.nextInt(live.size()));
        int kept = random.nextInt(4) == 0 ? random.nextInt(run.pageCount()) : 0;
        if (kept > 0) {
            live.add(new Run(run.firstPage(), kept));
        }
        int commits = source.commitCount();
        int keepable = Math.max(retained, runs.emptyRegionCount()) - source.refusedReleaseCount();
        runs.free(run.firstPage() + kept, run.pageCount() - kept);
        assertThat(runs.emptyRegionCount()).as("empty regions after a free")
                .isLessThanOrEqualTo(keepable + source.refusedReleaseCount());
        assertThat(source.commitCount()).isEqualTo(commits);
        forEachRegion(run.firstPage() + kept, run.pageCount() - kept, (region, from, count) -> models[region]
                .free(from, count));
    }

    private void precommit(int regionCount) {
        retained = Math.max(retained, regionCount);
        int refusals = source.refusedCommitCount();
        boolean done = runs.precommit(regionCount);
        if (done) {
            assertThat(runs.largestFreePageCount()).isGreaterThanOrEqualTo(regionCount * 512);
        } else {
            assertThat(source.refusedCommitCount() > refusals || noPlaceFor(regionCount * 512)).isTrue();
        }
    }

    private void trim() {
        retained = 1;
        int releases = source.releaseCount();
        assertThat(runs.trim()).isEqualTo(source.releaseCount() - releases);
    }

    private void compare() {
        runs.checkInvariants();
        int empty = 0;
        long free = 0;
        for (int region = 0; region < REGION_COUNT; region++) {
            boolean isEmpty = models[region].freePageCount() == 512;
            assertThat(runs.isCommitted(region)).isEqualTo(source.isCommitted(region));
            assertThat(isEmpty || source.isCommitted(region)).as("region %d lost its pages", region).isTrue();
            empty += isEmpty && source.isCommitted(region) ? 1 : 0;
            free += source.isCommitted(region) ? models[region].freePageCount() : 0;
        }
        assertThat(runs.committedRegionCount()).isEqualTo(source.committedRegionCount());
        assertThat(runs.emptyRegionCount()).isEqualTo(empty);
        assertThat(runs.freePageCount()).isEqualTo(free);
        assertThat(runs.releaseFailureCount()).isEqualTo(source.refusedReleaseCount());
    }

    private interface Part {
        void of(int region, int firstPage, int pageCount);
    }

    private static void forEachRegion(int firstPage, int pageCount, Part part) {
        int end = firstPage + pageCount;
        for (int page = firstPage; page < end;) {
            int partEnd = Math.min(end, (page | 511) + 1);
            part.of(page / 512, page % 512, partEnd - page);
            page = partEnd;
        }
    }
}
