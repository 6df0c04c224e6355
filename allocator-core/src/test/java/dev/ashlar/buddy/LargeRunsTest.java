package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are a large part of a region: where they cross its end, and how many regions they commit. */
class LargeRunsTest {
    private final FakeRegionSource source = new FakeRegionSource(600);
    private final RunAllocator runs = new RunAllocator(source);

    @AfterEach
    void countsAgree() {
        RunCheck.check(runs);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 9, 16, 17, 31, 32, 33, 65, 100, 129, 171, 257, 300, 511, 512, 513, 600, 800, 1300})
    void runsOfOneLengthCommitLittleMoreThanTheyHold(int pageCount) {
        long live = 0;
        while (live < 512 * 512) {
            assertThat(runs.allocate(pageCount, 0)).isNotNegative();
            live += pageCount;
        }
        assertThat(committedOverLive(live)).isLessThan(Boundaries.fillsRegions(pageCount) ? 1.0701 : 1.01);
    }

    @Seeded
    void runsOfManyLengthsStayDenseUnderRandomReplacement(long seed) {
        List<int[]> live = new ArrayList<>();
        long[] livePages = new long[1];
        Seeds.run(seed, 20_000, random -> {
            if (livePages[0] > 200 * 512) {
                int[] run = live.remove(random.nextInt(live.size()));
                runs.free(run[0], run[1]);
                livePages[0] -= run[1];
            }
            int pageCount = random.nextInt(3) == 0 ? random.nextInt(40, 512) : random.nextInt(1, 40);
            live.add(new int[] {runs.allocate(pageCount, 0), pageCount});
            livePages[0] += pageCount;
        });
        if (Seeds.isFixed(seed)) {
            assertThat(committedOverLive(livePages[0])).isLessThan(1.4);
        }
    }

    private double committedOverLive(long livePageCount) {
        return 512.0 * source.committedRegionCount() / livePageCount;
    }

    @Test
    void smallRunsNeverCrossTheEndOfARegion() {
        for (int count = 0; count < 1_000; count++) {
            int page = runs.allocate(31, 0);
            assertThat(page / 512).isEqualTo((page + 30) / 512);
        }
    }

    @Test
    void aRunCrossesABoundaryIfNoRegionInUseHasRoom() {
        assertThat(runs.allocate(480, 0)).isZero();
        assertThat(runs.allocate(65, 0)).isEqualTo(480);
        assertThat(source.commitCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 100, 128, 170, 256, 480, 512})
    void aRunThatFillsRegionsCrossesABoundaryOnlyToSaveACommit(int pageCount) {
        assertThat(runs.allocate(500, 0)).isZero();
        assertThat(runs.allocate(pageCount, 0)).as("a fresh region").isEqualTo(512);
        runs.free(512, pageCount);
        assertThat(runs.allocate(513, 0)).isEqualTo(500);
        runs.free(500, 513);
        int commits = source.commitCount();
        assertThat(runs.allocate(pageCount, 0)).as("the empty region").isEqualTo(512);
        assertThat(runs.allocate(1024 - 512 - pageCount + 12, 0)).isGreaterThan(0);
        assertThat(source.commitCount() - commits).isLessThanOrEqualTo(1);
    }

    @Test
    void roomInsideARegionComesBeforeTheEndOfTwo() {
        assertThat(runs.allocate(3 * 512, 0)).isZero();
        runs.free(500, 40);
        runs.free(1100, 60);

        assertThat(runs.allocate(40, 0)).isEqualTo(1100);
        assertThat(runs.allocate(40, 0)).isEqualTo(500);
        assertThat(source.commitCount()).isEqualTo(3);
    }

    @Test
    void theShortestBoundaryWinsAndAnEmptyRegionIsLeftInOnePiece() {
        assertThat(runs.allocate(4 * 512, 0)).isZero();
        runs.free(512 - 60, 120);
        runs.free(3 * 512 - 50, 100);
        assertThat(runs.allocate(90, 0)).isEqualTo(3 * 512 - 50);
        assertThat(runs.allocate(90, 0)).isEqualTo(512 - 60);
        runs.free(4 * 512 - 30, 30);
        assertThat(runs.precommit(1)).isTrue();
        int commits = source.commitCount();

        assertThat(runs.allocate(400, 0)).as("from the end of the region in use").isEqualTo(4 * 512 - 30);
        assertThat(source.commitCount()).isEqualTo(commits);
    }

    @Test
    void theEndOfAnEmptyRegionIsUsedBeforeARegionInUse() {
        assertThat(runs.allocate(3 * 512, 0)).isZero();
        runs.free(512, 512 + 20);

        assertThat(runs.allocate(400, 0)).as("ends where the next run begins").isEqualTo(2 * 512 + 20 - 400);
        assertThat(runs.allocate(132, 0)).isEqualTo(512);
        assertThat(source.commitCount()).isEqualTo(3);
    }

    @Test
    void anAlignedRunCrossesABoundaryIfTheAlignmentSurelyFits() {
        assertThat(runs.allocate(2 * 512, 0)).isZero();
        runs.free(512 - 40, 80);
        int commits = source.commitCount();

        assertThat(runs.allocate(48, 4)).isEqualTo(512 - 32);
        assertThat(source.commitCount()).isEqualTo(commits);
        runs.free(512 - 32, 48);
        assertThat(runs.allocate(80, 4)).as("80 pages are free, but not from a multiple of 16")
                .isEqualTo(2 * 512);
    }

    @Test
    void anAlignedRunFindsTheOneStretchThatFitsAmongManyThatDoNot() {
        int regionCount = 40;
        assertThat(runs.allocate(regionCount * 512, 0)).isZero();
        for (int region = 0; region < regionCount; region++) {
            runs.free(region * 512 + 1, 8);
        }
        runs.free(20 * 512 + 63, 7);

        assertThat(runs.allocate(6, 6)).isEqualTo(20 * 512 + 64);
        assertThat(source.commitCount()).isEqualTo(regionCount);
    }

    @Test
    void anAlignedRunGivesUpOnManyShortStretchesAndTakesALongerOne() {
        int regionCount = 200;
        assertThat(runs.allocate(regionCount * 512, 0)).isZero();
        for (int region = 0; region < regionCount; region++) {
            runs.free(region * 512 + 1, 8);
        }
        runs.free(150 * 512 + 100, 40);

        assertThat(runs.allocate(6, 5)).isEqualTo(150 * 512 + 128);
        assertThat(source.commitCount()).isEqualTo(regionCount);
    }

    @Test
    void aRunFindsTheOneBoundaryThatSufficesAmongManyThatDoNot() {
        int regionCount = 60;
        assertThat(runs.allocate(regionCount * 512, 0)).isZero();
        for (int boundary = 1; boundary < regionCount; boundary++) {
            runs.free(boundary * 512 - 100, 201);
        }
        runs.free(30 * 512 + 101, 1);
        int commits = source.commitCount();

        assertThat(runs.allocate(202, 0)).isEqualTo(30 * 512 - 100);
        assertThat(source.commitCount()).isEqualTo(commits);
    }

    @Test
    void aRunGivesUpOnManyBoundariesAndTakesALongerOne() {
        int regionCount = 200;
        assertThat(runs.allocate(regionCount * 512, 0)).isZero();
        for (int boundary = 1; boundary < regionCount; boundary++) {
            runs.free(boundary * 512 - 100, 201);
        }
        runs.free(150 * 512 + 101, 10);
        int commits = source.commitCount();

        assertThat(runs.allocate(205, 0)).isEqualTo(150 * 512 - 100);
        assertThat(source.commitCount()).isEqualTo(commits);
    }

    @Test
    void aRegionIsKeptWhileARunReachesIntoIt() {
        assertThat(runs.allocate(500, 0)).isZero();
        assertThat(runs.allocate(129, 0)).isEqualTo(500);
        runs.free(0, 500);
        assertThat(runs.emptyRegionCount()).isZero();

        runs.free(500, 129);
        assertThat(runs.emptyRegionCount()).isEqualTo(1);
        assertThat(source.committedRegionCount()).isEqualTo(1);
    }
}
