package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.OlderKernel;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Linux;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each view is touched before it is collapsed. Kernels from 6.1 to at least 6.12 refuse to collapse a view that has no
 * page table yet.
 */
class CollapseTest {
    private static final int REGION_COUNT = 2;

    /** A zone on one transparent backing. */
    record Cell(Domain domain, WritePath path, Hardening hardening, Backing backing) {}

    static Stream<Cell> cells() {
        return Stream.of(
                new Cell(Domain.CODE, WritePath.ALIAS, Hardening.NONE, Backing.SHMEM_THP),
                new Cell(Domain.CODE, WritePath.ALIAS, Hardening.SEALED, Backing.SHMEM_THP),
                new Cell(Domain.RODATA, WritePath.ALIAS, Hardening.NONE, Backing.SHMEM_THP),
                new Cell(Domain.DATA, WritePath.ALIAS, Hardening.NONE, Backing.SHMEM_THP),
                new Cell(Domain.CODE, WritePath.POKE, Hardening.NONE, Backing.ANON_THP),
                new Cell(Domain.RODATA, WritePath.POKE, Hardening.NONE, Backing.ANON_THP),
                new Cell(Domain.CODE, WritePath.IN_PLACE, Hardening.NONE, Backing.ANON_THP),
                new Cell(Domain.RODATA, WritePath.IN_PLACE, Hardening.NONE, Backing.ANON_THP),
                new Cell(Domain.DATA, WritePath.ALIAS, Hardening.NONE, Backing.ANON_THP));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void everyViewIsHugeOnAKernelThatCollapsesOnlyWhatWasTouched(Cell cell) {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            FaultyCalls calls = OlderKernel.refusingUntouchedCollapse();
            Residue before = Residue.now();
            Span.Part part =
                    new Span.Part(cell.domain(), cell.path(), cell.hardening(), REGION_COUNT * Region.BYTE_SIZE,
                            List.of(), Sharing.BY_FILE);
            try (Span span = ((Span.Reserved) Span.reserve(calls, List.of(part), Reach.ANYWHERE)).span()) {
                Zone zone = ((Span.Opened) span.open(cell.domain())).zone();
                try (ZoneRegions regions = new ZoneRegions(zone, List.of(cell.backing()), calls, "collapse")) {
                    for (int region = 0; region < REGION_COUNT; region++) {
                        assertThat(regions.commit(region)).as("%s", regions.refusals()).isTrue();
                    }
                    assertThat(regions.kernelView().look().views())
                            .hasSize(zone.views().size())
                            .allSatisfy(found -> assertThat(found.huge().cardinality()).isEqualTo(REGION_COUNT));
                    // Healing, which does not touch the memory.
                    for (View view : zone.views()) {
                        assertThat(view.collapse(0)).isZero();
                    }
                }
            }
            before.assertNothingLeft(calls);
        }
    }

    @Test
    void theModelRefusesAViewThatWasNotTouchedThere() {
        FaultyCalls calls = OlderKernel.refusingUntouchedCollapse();
        long reserved = calls.mmap(0, 2 * Region.BYTE_SIZE, Linux.PROT_READ | Linux.PROT_WRITE,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        assertThat(Errno.isFailure(reserved)).isFalse();
        long region = (reserved + Region.BYTE_SIZE) & -Region.BYTE_SIZE;
        assertThat(calls.madvise(region, Region.BYTE_SIZE, Linux.MADV_COLLAPSE)).isEqualTo(-Errno.EINVAL);
        assertThat(calls.munmap(reserved, 2 * Region.BYTE_SIZE)).isZero();
    }
}
