package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.buddy.Planted;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checks of slabs and packed runs find what is planted. */
class CutRunInvariantsTest {
    private final Slab slab = Stores.slab(0, 0);
    private final PackedRun packed = Stores.packedRun(1);
    private final Stretches stretches = new Stretches();

    @BeforeEach
    void someBlocks() {
        for (int count = 0; count < 100; count++) {
            slab.allocate(count % 2 == 0 ? Holder.OBJECT : Holder.ADDRESS);
        }
        packed.allocate(5, 1, Holder.OBJECT, stretches);
        packed.allocate(70, 1, Holder.ADDRESS, stretches);
        packed.free(0);
        slab.checkInvariants();
        packed.checkInvariants();
    }

    @Test
    void anySlotMarkedFreeOrLiveOrParkedBehindTheCountsBackIsFound() {
        long[] slots = Planted.in(slab, "slots", long[].class);
        for (int slot = 0; slot < slab.slotCount(); slot++) {
            int word = slot >> 5;
            long live = 1L << (slot & 31);
            long second = live << 32;
            long before = slots[word];
            long[] wrong = (before & (live | second)) == 0
                    ? new long[] {before | live, before | second, before | live | second}
                    : new long[] {before & ~(live | second)};
            for (long value : wrong) {
                slots[word] = value;
                isFound(slab);
            }
            slots[word] = before;
        }
        slab.checkInvariants();
    }

    @Test
    void aParkedMarkWhereNoBlockStartsIsFound() {
        long[] parked = Planted.in(packed, "parked", long[].class);
        for (int pair = 0; pair < PackedRun.GRANULE_COUNT / 2; pair++) {
            parked[pair >> 6] ^= 1L << pair;
            if (pair == 5 / 2) {
                packed.checkInvariants();
            } else {
                isFound(packed);
            }
            parked[pair >> 6] ^= 1L << pair;
        }
        packed.checkInvariants();
    }

    @Test
    void aWrongCountOfFreeSlotsIsFound() {
        Planted.set(slab, "freeCount", slab.freeCount() - 1);
        isFound(slab);
    }

    @Test
    void anyGranuleMarkedWronglyIsFound() {
        long[] granules = Planted.in(packed, "granules", long[].class);
        for (int granule = 6; granule < PackedRun.GRANULE_COUNT; granule++) {
            long inner = 1L << 32 << (granule & 31);
            granules[granule >> 5] ^= inner;
            isFound(packed);
            granules[granule >> 5] ^= inner;
        }
        granules[0] ^= 1L << 5;
        isFound(packed);
    }

    @Test
    void wrongCountsOfGranulesAreFound() {
        Planted.set(packed, "longestFree", packed.longestFree() + 1);
        isFound(packed);
        Planted.set(packed, "longestFree", packed.longestFree() - 1);
        packed.checkInvariants();
        Planted.set(packed, "freeCount", 1);
        isFound(packed);
    }

    private static void isFound(CutRun run) {
        assertThatThrownBy(run::checkInvariants).isInstanceOf(IllegalStateException.class);
    }
}
