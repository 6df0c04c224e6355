package dev.ashlar.tool.permissions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: the witness sees what was done to mappings on purpose. Method: two huge regions on the real kernel. */
final class WitnessTest {

    private static final long REGION = 2L << 20;
    private static final int READ_EXECUTE = Linux.PROT_READ | Linux.PROT_EXEC;

    private final SystemCalls calls = Libc.system();
    private final FlippingWay way = new FlippingWay(calls, 4);
    private final Functions functions = new Functions(100, 4);
    private final Witness witness = new Witness(way, Backing.ANON_THP, functions, calls);
    private long first;

    @BeforeEach
    void makeTwoHugeRegions() {
        boolean offered = HugePageSettings.read().thpEnabled().filter(word -> !word.equals("never")).isPresent();
        if (!offered && !Boolean.getBoolean("ashlar.hugepages.required")) {
            assumeTrue(false, "transparent huge pages are off");
        }
        first = way.commit();
        way.commit();
        functions.lives(0, first + 100, 0);
        Sight whole = witness.look();
        assertThat(whole.regions()).hasSize(2).allMatch(Sight.Region::huge);
        assertThat(whole.regions()).extracting(Sight.Region::live).containsExactly(true, false);
        assertThat(whole.strayVmaCount()).isZero();
    }

    @AfterEach
    void giveBack() {
        witness.close();
        way.close();
    }

    @Test
    void aPageThatAllowsAnotherThingIsTwoJointsInASplitRegion() {
        assertThat(calls.mprotect(first + REGION / 2, 4096, Linux.PROT_READ)).isZero();

        Sight sight = witness.look();

        assertThat(sight.regions()).extracting(Sight.Region::jointCount).containsExactly(2, 0);
        assertThat(sight.regions()).extracting(Sight.Region::isSplit).containsExactly(true, false);
        assertThat(sight.mendableCount()).as("the joints stand in the way").isZero();
        assertThat(sight.strayVmaCount()).isZero();
    }

    @Test
    void aRegionThatIsOneAgainStaysSplitUntilItIsCollapsed() {
        assertThat(calls.mprotect(first, 4096, Linux.PROT_READ)).isZero();
        assertThat(calls.mprotect(first, 4096, READ_EXECUTE)).isZero();
        Sight merged = witness.look();
        assertThat(calls.madvise(first, REGION, Linux.MADV_COLLAPSE)).isZero();
        Sight mended = witness.look();

        assertThat(merged.jointCount()).isZero();
        assertThat(merged.splitCount()).isEqualTo(1);
        assertThat(merged.mendableCount()).isEqualTo(1);
        assertThat(mended.splitCount()).isZero();
    }

    @Test
    void neighboursThatAllowTheSameAndAreNotOneAreStray() {
        assertThat(calls.madvise(first, REGION, Linux.MADV_DONTDUMP)).isZero();

        Sight sight = witness.look();

        assertThat(sight.strayVmaCount()).isEqualTo(1);
        assertThat(sight.jointCount()).as("between regions, not inside").isZero();
        assertThat(sight.splitCount()).isZero();
    }
}
