package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Random runs, frees, precommits and trims over a source that sometimes refuses, against a model of every page. The
 * model predicts where a run may go, and how many regions must be committed for it.
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

    @Seeded
    void randomStepsAgreeWithAModelOfEveryPage(long seed) {
        Seeds.run(seed, 20_000, random -> {
            refuseSometimes(random);
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

    private void refuseSometimes(SplittableRandom random) {
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
        Set<Integer> expected = placesWithoutACommit(pageCount, alignment);
        int expectedCommits = expected.isEmpty() ? fewestCommits(pageCount, alignment) : 0;
        RunCounts before = RunCounts.of(runs);
        int refusals = source.refusedCommitCount();
        int commits = source.commitCount();
        long failedReleases = runs.releaseFailureCount();

        int page = runs.allocate(pageCount, alignment);

        if (page < 0) {
            boolean refused = source.refusedCommitCount() > refusals;
            assertThat(refused || expectedCommits < 0).as("refused %d pages with room left", pageCount).isTrue();
            if (runs.releaseFailureCount() == failedReleases) {
                assertThat(RunCounts.of(runs)).isEqualTo(before);
            }
            return;
        }
        assertThat(source.commitCount() - commits).as("commits for %d pages", pageCount).isEqualTo(expectedCommits);
        if (!expected.isEmpty()) {
            assertThat(expected).as("packing order of %d pages at 2^%d", pageCount, alignment).contains(page);
        }
        assertThat(page % (1 << alignment)).isZero();
        forEachRegion(page, pageCount, (region, from, count) -> {
            assertThat(source.isCommitted(region)).isTrue();
            models[region].take(from, count);
        });
        live.add(new Run(page, pageCount));
    }

    /** {@return the pages that committed regions may give by the packing order; none if they have no room} */
    private Set<Integer> placesWithoutACommit(int pageCount, int alignment) {
        if (pageCount > 512) {
            return Set.of();
        }
        Best inUse = new Best();
        Best over = new Best();
        Set<Integer> empty = new HashSet<>();
        for (int region = 0; region < REGION_COUNT; region++) {
            if (!source.isCommitted(region)) {
                continue;
            }
            PageModel model = models[region];
            int place = model.place(pageCount, alignment);
            if (model.freePageCount() == 512) {
                if (empty.isEmpty()) {
                    empty.add(region * 512);
                }
            } else if (place >= 0) {
                inUse.offer(model.longestStretch() * 1000 + Integer.highestOneBit(model.freePageCount()),
                        region * 512 + place);
            }
            if (pageCount > Boundaries.LARGEST_INSIDE && region + 1 < REGION_COUNT
                    && source.isCommitted(region + 1)) {
                offerOver(over, region, pageCount, alignment);
            }
        }
        if (!inUse.pages.isEmpty()) {
            return inUse.pages;
        }
        boolean emptyFirst = Boundaries.fillsRegions(pageCount) && !empty.isEmpty();
        return over.pages.isEmpty() || emptyFirst ? empty : over.pages;
    }

    private void offerOver(Best best, int region, int pageCount, int alignment) {
        int before = models[region].trailing();
        int after = models[region + 1].leading();
        int unit = 1 << alignment;
        if (before > 0 && after > 0 && before + after < 1024 && before + after >= pageCount + unit - 1) {
            int middle = (region + 1) * 512;
            int upwards = Math.ceilDiv(middle - before, unit) * unit;
            int downwards = Math.floorDiv(middle + after - pageCount, unit) * unit;
            best.offer((before + after) / 8, before <= after ? upwards : downwards);
        }
    }

    /** The pages that were offered with the lowest rank. */
    private static final class Best {
        private final Set<Integer> pages = new HashSet<>();
        private int rank = Integer.MAX_VALUE;

        void offer(int offered, int page) {
            if (offered < rank) {
                rank = offered;
                pages.clear();
            }
            if (offered == rank) {
                pages.add(page);
            }
        }
    }

    /** {@return the fewest commits that a run needs over all places of the span; -1 if there is no place} */
    private int fewestCommits(int pageCount, int alignment) {
        if (pageCount <= 512) {
            return IntStream.range(0, REGION_COUNT).allMatch(source::isCommitted) ? -1 : 1;
        }
        int[] takenBefore = new int[REGION_COUNT * 512 + 1];
        int[] holesBefore = new int[REGION_COUNT + 1];
        for (int region = 0; region < REGION_COUNT; region++) {
            holesBefore[region + 1] = holesBefore[region] + (source.isCommitted(region) ? 0 : 1);
            for (int page = region * 512; page < (region + 1) * 512; page++) {
                takenBefore[page + 1] = takenBefore[page] + (models[region].isUsed(page % 512) ? 1 : 0);
            }
        }
        int fewest = Integer.MAX_VALUE;
        for (int page = 0; page + pageCount <= REGION_COUNT * 512; page += 1 << alignment) {
            if (takenBefore[page] == takenBefore[page + pageCount]) {
                fewest = Math.min(
                        fewest, holesBefore[(page + pageCount - 1) / 512 + 1] - holesBefore[page / 512]);
            }
        }
        return fewest == Integer.MAX_VALUE ? -1 : fewest;
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
        int refusals = source.refusedCommitCount();
        int commits = source.commitCount();
        int missing = regionCount == 1 && runs.emptyRegionCount() > 0
                ? 0
                : fewestCommits(regionCount * 512, RunAllocator.MAX_ORDER);
        boolean done = runs.precommit(regionCount);
        if (done) {
            retained = Math.max(retained, regionCount);
            assertThat(source.commitCount() - commits).isEqualTo(missing);
            assertThat(runs.figures().largestFreePageCount()).isGreaterThanOrEqualTo(regionCount * 512);
        } else {
            assertThat(source.refusedCommitCount() > refusals || missing < 0).isTrue();
        }
    }

    private void trim() {
        retained = 1;
        int releases = source.releaseCount();
        assertThat(runs.trim()).isEqualTo(source.releaseCount() - releases);
    }

    private void compare() {
        RunCheck.check(runs);
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
