package dev.ashlar.bench.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: each page is counted once, also if it is mapped twice. */
final class HeldMemoryTest {

    private static final long MIB = 1 << 20;

    @Test
    void hugetlbPagesWithTwoViewsCountOnce() {
        assertThat(HeldMemory.parse(List.of("55d0-7ffc ---p 00000000 00:00 0   [rollup]", "Rss:   9999 kB",
                "Pss:              100 kB", "Shared_Hugetlb:   4096 kB", "Private_Hugetlb:  2048 kB")))
                .isEqualTo((100 + 2048 + 2048) * 1024);
    }

    @Test
    void touchedMemoryIsCounted() {
        HeldMemory held = new HeldMemory();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment touched = arena.allocate(64 * MIB);
            touched.fill((byte) 1);

            assertThat(held.byteSize()).isBetween(60 * MIB, 80 * MIB);
        }
    }
}
