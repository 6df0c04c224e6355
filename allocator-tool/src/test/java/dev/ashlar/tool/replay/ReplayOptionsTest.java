package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.tool.exit.CommandException;
import org.junit.jupiter.api.Test;

/** Goal: a replay that fits gets a heap that holds it, and one that cannot fit is refused before it starts. */
final class ReplayOptionsTest {

    private static final long MIB = 1L << 20;

    @Test
    void aSmallTraceGetsTheUsualCapacity() {
        assertThat(capacity(4 * (int) MIB, 1, 1)).isEqualTo(256 * MIB);
    }

    @Test
    void copiesAndThreadsMakeTheHeapLarger() {
        assertThat(capacity(50 * (int) MIB, 2, 4)).isBetween(600 * MIB, 700 * MIB)
                .satisfies(byteSize -> assertThat(byteSize % (2 * MIB)).isZero());
    }

    @Test
    void theCapacityEndsAtTwoGibibytes() {
        assertThat(capacity(2000 * (int) MIB, 1, 1)).isEqualTo(2048 * MIB);
    }

    @Test
    void whatIsMoreThanAHeapCanHoldIsRefusedWithTheFigures() {
        assertThatThrownBy(() -> capacity(100 * (int) MIB, 3, 7))
                .isInstanceOf(CommandException.class)
                .hasMessage("big: 3 threads with 7 copies each have 2100 MiB live at once, and a heap holds at most"
                        + " 2048 MiB");
    }

    @Test
    void moreObjectsThanCanBeRememberedAreRefused() {
        assertThatThrownBy(() -> capacity(1, 1 << 15, 1 << 15))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("make more than 268435456 objects");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new ReplayOptions(MemoryDemand.AUTO, null, 0, 1, 1, true, false))
                .hasMessage("threads must be at least 1: threads=0");
        assertThatThrownBy(() -> new ReplayOptions(MemoryDemand.AUTO, null, 1, 1, 1, false, true))
                .hasMessage("contents that are not written cannot be verified");
    }

    private static long capacity(int byteSize, int threads, int copies) {
        Trace trace = new Trace("big", new int[] {0}, new int[] {byteSize});
        return new ReplayOptions(MemoryDemand.AUTO, null, threads, copies, 1, true, false).capacity(trace);
    }
}
