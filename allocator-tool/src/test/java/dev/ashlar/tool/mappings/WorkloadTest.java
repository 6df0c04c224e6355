package dev.ashlar.tool.mappings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.tool.HugePages;
import dev.ashlar.tool.exit.CommandException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: the figures show what the kernel does. Method: short workloads in this JVM, on the real kernel. */
final class WorkloadTest {

    private static final int FUNCTION_COUNT = 400;

    @Test
    void flippingSplitsItsRegionsAndNothingMendsThem() {
        CellFigures seen = run("flips");

        assertThat(seen.refilled().regions()).isPositive();
        assertThat(seen.splits().seen()).isEqualTo(seen.refilled().regions());
        assertThat(seen.healed().splitRegions()).isEqualTo(seen.healed().regions());
        assertThat(seen.splits().regionNanos()).isPositive();
        assertThat(seen.splits().thpSplitPmd()).isGreaterThanOrEqualTo(seen.splits().seen());
        assertThat(seen.mprotect().load()).as("two a function, one a region")
                .isEqualTo(2L * FUNCTION_COUNT * 3 / 2 + seen.refilled().regions());
        assertThat(seen.throughout().jointsPerRegionMax()).as("seen while a page is open").isEqualTo(2);
        runsRight(seen);
    }

    @Test
    void aMappingForEachFunctionIsAVmaForEachOnceOthersWereFreed() {
        CellFigures seen = run("mapping-per-function");

        assertThat(seen.mprotect().load()).isEqualTo(FUNCTION_COUNT * 3 / 2);
        assertThat(seen.halved().vmas()).isGreaterThan(FUNCTION_COUNT / 8).isLessThanOrEqualTo(FUNCTION_COUNT / 2);
        assertThat(seen.refilled().committedOverLive()).isGreaterThan(2);
        runsRight(seen);
    }

    @ParameterizedTest
    @EnumSource(value = Backing.class, names = {"HUGETLB", "SHMEM_THP", "SMALL"})
    void onAliasNoPermissionChangesAndNothingSplits(Backing backing) {
        try (HugePages _ = HugePages.need(PublishMethod.memory(backing))) {
            CellFigures seen = run("alias-" + backing.label());

            isSilent(seen);
            assertThat(seen.grown().intendedHugeBytes()).isEqualTo(backing.isHuge() ? 2 * seen.grown()
                    .committedBytes() : 0);
            runsRight(seen);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backing.class, names = {"ANON_THP", "SMALL"})
    void onPokeNoPermissionChangesAndNothingSplits(Backing backing) {
        CellFigures seen = run("poke-" + backing.label());

        isSilent(seen);
        assertThat(seen.grown().hugeBytes()).isEqualTo(backing.isHuge() ? seen.grown().committedBytes() : 0);
        runsRight(seen);
    }

    @Test
    void inPlaceEachPublishIsOneCallAndHealingMendsWhatItSplit() {
        CellFigures seen = run("in-place-anon-thp");

        assertThat(seen.mprotect().publishing()).isEqualTo(FUNCTION_COUNT * 3 / 2);
        assertThat(seen.work().pageRuns()).isEqualTo(FUNCTION_COUNT * 3 / 2);
        assertThat(seen.splits().seen()).isPositive();
        assertThat(seen.splits().perLifetimeMax()).isEqualTo(1);
        assertThat(seen.splits().books().splits()).isEqualTo(seen.splits().seen());
        assertThat(seen.throughout().jointsPerRegionMax()).isEqualTo(1);
        isHealed(seen);
        runsRight(seen);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void batchesHaveARegionEachWhileTheyAreOpen(int openCount) {
        CellFigures seen = run("in-place-anon-thp-" + openCount + "-open");

        assertThat(seen.mprotect().publishing()).isLessThanOrEqualTo(seen.work().pageRuns());
        assertThat(seen.work().publications()).isLessThan(FUNCTION_COUNT / 4);
        assertThat(seen.throughout().jointsPerRegionMax()).isEqualTo(1);
        assertThat(seen.grown().regions()).isGreaterThanOrEqualTo(openCount);
        isHealed(seen);
        worksRight(seen);
    }

    @Test
    void unitsArePublishedWithOneCallForEachDomain() {
        CellFigures seen = run("in-place-anon-thp-units");

        assertThat(seen.work().pageRuns()).isEqualTo(2 * seen.work().publications());
        assertThat(seen.mprotect().publishing()).isEqualTo(seen.work().pageRuns());
        assertThat(seen.grown().regions()).as("one for each domain").isEqualTo(3);
        isHealed(seen);
        worksRight(seen);
    }

    @Test
    void onHugetlbBatchesAreOfWholeRegionsAndNothingSplits() {
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB)) {
            CellFigures seen = run("in-place-hugetlb-2-open");

            assertThat(seen.mprotect().publishing()).isEqualTo(seen.work().publications());
            assertThat(seen.splits().seen()).isZero();
            assertThat(seen.throughout().hugePercentMin()).isEqualTo(100);
            worksRight(seen);
        }
    }

    private static void isSilent(CellFigures seen) {
        assertThat(seen.mprotect().load()).isZero();
        assertThat(seen.splits().seen()).isZero();
        assertThat(seen.throughout().strayVmasMax()).isZero();
        assertThat(seen.throughout().jointsPerRegionMax()).isZero();
        assertThat(seen.grown().hugeBytes()).isEqualTo(seen.grown().intendedHugeBytes());
    }

    private static void isHealed(CellFigures seen) {
        assertThat(seen.healed().splitRegions()).isZero();
        assertThat(seen.healed().joints()).isZero();
        assertThat(seen.healed().strayVmas()).isZero();
        assertThat(seen.healed().hugeBytes()).isPositive().isEqualTo(seen.healed().intendedHugeBytes());
    }

    private static void runsRight(CellFigures seen) {
        assertThat(seen.work().functionsFreed()).isEqualTo(FUNCTION_COUNT / 2);
        assertThat(seen.throughout().looks()).isGreaterThan(60);
        worksRight(seen);
    }

    private static void worksRight(CellFigures seen) {
        assertThat(seen.work().functionsPublished()).isEqualTo(FUNCTION_COUNT * 3 / 2);
        assertThat(seen.work().functionsFreed()).isPositive();
        assertThat(seen.work().calls()).isGreaterThan(2 * FUNCTION_COUNT);
        assertThat(seen.work().wrongResults()).isZero();
        assertThat(seen.times().nanosPerPublish()).isPositive();
        assertThat(seen.times().nanosPerFree()).isPositive();
    }

    private static CellFigures run(String id) {
        Cell cell = Cell.all(FUNCTION_COUNT).stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow();
        try {
            return new CellRun(cell, FUNCTION_COUNT, 4).once();
        } catch (CommandException | BackingUnavailableException lacking) {
            assertThat(Boolean.getBoolean("ashlar.hugepages.required")).as(lacking.getMessage()).isFalse();
            assumeTrue(false, lacking.getMessage());
            throw lacking;
        }
    }
}
