package dev.ashlar.tool.mappings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.SystemCalls;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: the probe sees what was done to mappings on purpose. Method: two huge regions on the real kernel. */
final class KernelProbeTest {

    private static final long REGION = 2L << 20;
    private static final int READ_EXECUTE = Linux.PROT_READ | Linux.PROT_EXEC;

    private final SystemCalls calls = Libc.system();
    private final FlippedPages pages = new FlippedPages(calls, 4);
    private final Functions functions = new Functions(100, 50, 4);
    private final KernelProbe probe =
            new KernelProbe(List.of(pages.range()), Backing.ANON_THP, functions, PagemapScan.open(calls));
    private long first;

    @BeforeEach
    void makeTwoHugeRegions() {
        boolean offered = HugePageSettings.read().thpEnabled().filter(word -> !word.equals("never")).isPresent();
        if (!offered && !Boolean.getBoolean("ashlar.hugepages.required")) {
            assumeTrue(false, "transparent huge pages are off");
        }
        first = pages.commit();
        pages.commit();
        functions.record(0, first + 100, 0);
        Snapshot whole = probe.look();
        assertThat(whole.regions()).hasSize(2).allMatch(Snapshot.Region::huge);
        assertThat(whole.regions()).extracting(Snapshot.Region::live).containsExactly(true, false);
        assertThat(whole.strayVmaCount()).isZero();
    }

    @AfterEach
    void giveBack() {
        probe.close();
        pages.close();
    }

    @Test
    void aPageThatAllowsAnotherThingIsTwoJointsInASplitRegion() {
        assertThat(calls.mprotect(first + REGION / 2, 4096, Linux.PROT_READ)).isZero();

        Snapshot snapshot = probe.look();

        assertThat(snapshot.regions()).extracting(Snapshot.Region::jointCount).containsExactly(2, 0);
        assertThat(snapshot.regions()).extracting(Snapshot.Region::isSplit).containsExactly(true, false);
        assertThat(snapshot.count(Snapshot.Region::isMendable)).as("a joint lies inside").isZero();
        assertThat(snapshot.strayVmaCount()).isZero();
    }

    @Test
    void aRegionThatIsOneAgainStaysSplitUntilItIsCollapsed() {
        assertThat(calls.mprotect(first, 4096, Linux.PROT_READ)).isZero();
        assertThat(calls.mprotect(first, 4096, READ_EXECUTE)).isZero();
        Snapshot merged = probe.look();
        assertThat(calls.madvise(first, REGION, Linux.MADV_COLLAPSE)).isZero();
        Snapshot mended = probe.look();

        assertThat(merged.jointCount()).isZero();
        assertThat(merged.count(Snapshot.Region::isSplit)).isEqualTo(1);
        assertThat(merged.count(Snapshot.Region::isMendable)).isEqualTo(1);
        assertThat(mended.count(Snapshot.Region::isSplit)).isZero();
    }

    @Test
    void neighboursThatAllowTheSameAndAreNotOneAreStray() {
        assertThat(calls.madvise(first, REGION, Linux.MADV_DONTDUMP)).isZero();

        Snapshot snapshot = probe.look();

        assertThat(snapshot.strayVmaCount()).isEqualTo(1);
        assertThat(snapshot.jointCount()).as("between regions, not inside").isZero();
        assertThat(snapshot.count(Snapshot.Region::isSplit)).isZero();
    }
}
