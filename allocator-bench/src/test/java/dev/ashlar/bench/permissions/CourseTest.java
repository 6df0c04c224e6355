package dev.ashlar.bench.permissions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.bench.HugePages;
import dev.ashlar.bench.permissions.Cell.Kind;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: the figures are what the kernel does. Method: short courses in this JVM, on the real kernel. */
final class CourseTest {

    private static final int FUNCTION_COUNT = 400;

    @Test
    void flippingSplitsItsRegionsAndNobodyMendsThem() {
        CellFigures seen = run(Kind.FLIPS, Backing.ANON_THP);

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
        CellFigures seen = run(Kind.MAPPING, Backing.SMALL);

        assertThat(seen.mprotect().load()).isEqualTo(FUNCTION_COUNT * 3 / 2);
        assertThat(seen.halved().vmas()).isGreaterThan(FUNCTION_COUNT / 8).isLessThanOrEqualTo(FUNCTION_COUNT / 2);
        assertThat(seen.refilled().committedOverLive()).isGreaterThan(2);
        runsRight(seen);
    }

    @ParameterizedTest
    @EnumSource(value = Backing.class, names = {"HUGETLB", "SHMEM_THP", "SMALL"})
    void onAliasNoPermissionChangesAndNothingSplits(Backing backing) {
        try (HugePages _ = HugePages.need(memory(backing))) {
            CellFigures seen = run(Kind.ALIAS, backing);

            assertThat(seen.mprotect().load()).isZero();
            assertThat(seen.splits().seen()).isZero();
            assertThat(seen.throughout().strayVmasMax()).isZero();
            assertThat(seen.throughout().jointsPerRegionMax()).isZero();
            assertThat(seen.grown().intendedHugeBytes()).isEqualTo(backing.isHuge() ? 2 * seen.grown()
                    .committedBytes() : 0);
            assertThat(seen.grown().hugeBytes()).isEqualTo(seen.grown().intendedHugeBytes());
            runsRight(seen);
        }
    }

    private static void runsRight(CellFigures seen) {
        assertThat(seen.work().functionsPublished()).isEqualTo(FUNCTION_COUNT * 3 / 2);
        assertThat(seen.work().functionsFreed()).isEqualTo(FUNCTION_COUNT / 2);
        assertThat(seen.work().calls()).isGreaterThan(2 * FUNCTION_COUNT);
        assertThat(seen.work().wrongResults()).isZero();
        assertThat(seen.throughout().looks()).isGreaterThan(100);
        assertThat(seen.times().nanosPerPublish()).isPositive();
        assertThat(seen.times().nanosPerFree()).isPositive();
    }

    private static CellFigures run(Kind kind, Backing backing) {
        Cell cell = Cell.all(FUNCTION_COUNT).stream()
                .filter(one -> one.kind() == kind && one.backing() == backing)
                .findFirst()
                .orElseThrow();
        try {
            return CellProcess.run(cell, FUNCTION_COUNT, 4);
        } catch (LackingException lacking) {
            assertThat(Boolean.getBoolean("ashlar.hugepages.required")).as(lacking.getMessage()).isFalse();
            assumeTrue(false, lacking.getMessage());
            throw lacking;
        }
    }

    private static Memory memory(Backing backing) {
        return switch (backing) {
            case HUGETLB -> Memory.HUGETLB;
            case SHMEM_THP, ANON_THP -> Memory.THP;
            case SMALL -> Memory.SMALL;
        };
    }
}
