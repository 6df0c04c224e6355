package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checks of slabs and packed runs find planted errors. */
class CutRunInvariantsTest {
    private final Slab slab = Stores.slab(0, 0);
    private final PackedRun packed = Stores.packedRun(1);

    @BeforeEach
    void takeSomeBlocks() {
        for (int count = 0; count < 100; count++) {
            slab.allocate(count % 2 == 0 ? Holder.OBJECT : Holder.ADDRESS);
        }
        packed.take(0, 5, Holder.OBJECT);
        packed.take(5, 70, Holder.ADDRESS);
        packed.noteLongestFree(PackedRun.GRANULE_COUNT - 75);
        packed.free(0, 5);
        slab.checkInvariants();
        packed.checkInvariants();
    }

    @Test
    void aSlotWhoseMarksContradictTheCountsIsFound() {
        for (int slot = 0; slot < slab.slotCount(); slot++) {
            int word = slot >> 5;
            long start = 1L << (slot & 31);
            long second = start << 32;
            long before = slab.books[word];
            long[] wrong = (before & start) == 0
                    ? new long[] {before | start, before | second, before | start | second}
                    : new long[] {before & ~start, before & ~(start | second)};
            for (long value : wrong) {
                slab.books[word] = value;
                isFound(slab);
            }
            slab.books[word] = before;
        }
        slab.checkInvariants();
    }

    @Test
    void aParkedMarkOfAFreeSlotIsFound() {
        for (int slot = 0; slot < slab.slotCount(); slot++) {
            int word = slab.wordCount() + (slot >> 6);
            slab.books[word] ^= 1L << slot;
            if (slot < 100) {
                slab.checkInvariants();
            } else {
                isFound(slab);
            }
            slab.books[word] ^= 1L << slot;
        }
        slab.checkInvariants();
    }

    @Test
    void aParkedMarkThatNoBlockStartsAtIsFound() {
        for (int pair = 0; pair < PackedRun.GRANULE_COUNT / 2; pair++) {
            int word = packed.wordCount() + (pair >> 6);
            packed.books[word] ^= 1L << pair;
            if (pair == 5 / 2) {
                packed.checkInvariants();
            } else {
                isFound(packed);
            }
            packed.books[word] ^= 1L << pair;
        }
        packed.checkInvariants();
    }

    @Test
    void aWrongCountOfFreeSlotsIsFound() {
        slab.freeCount--;
        isFound(slab);
    }

    @Test
    void anyGranuleMarkedWronglyIsFound() {
        for (int granule = 6; granule < PackedRun.GRANULE_COUNT; granule++) {
            long inner = 1L << 32 << (granule & 31);
            packed.books[granule >> 5] ^= inner;
            isFound(packed);
            packed.books[granule >> 5] ^= inner;
        }
        packed.books[0] ^= 1L << 5;
        isFound(packed);
    }

    @Test
    void wrongCountsOfGranulesAreFound() {
        packed.longestFree++;
        isFound(packed);
        packed.longestFree--;
        packed.checkInvariants();
        packed.freeCount = 1;
        isFound(packed);
    }

    private static void isFound(CutRun run) {
        assertThatThrownBy(run::checkInvariants).isInstanceOf(IllegalStateException.class);
    }
}
