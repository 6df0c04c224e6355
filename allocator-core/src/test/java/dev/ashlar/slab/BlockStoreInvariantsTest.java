package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.buddy.Planted;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check of the whole store finds what is planted in any of its parts. */
class BlockStoreInvariantsTest {
    private final BlockStore store = new BlockStore(new FakeRegionSource(3), Eraser.NONE);

    @BeforeEach
    void someBlocks() {
        for (long byteSize : new long[] {16, 16, 100, 1000, 5000, 20_000, 3 << 20}) {
            assertThat(store.allocate(byteSize, 4, Holder.ADDRESS)).isNotNegative();
        }
        store.checkInvariants();
    }

    @Test
    void pagesThatNobodyAccountsForAreFound() {
        assertThat(store.runs().allocate(1, 0)).isNotNegative();
        isFound("pages held");
    }

    @Test
    void pagesOfABlockThatAreFreeBelowAreFound() {
        long offset = store.allocate(20_000, 4, Holder.ADDRESS);
        store.runs().free((int) (offset >> 12), 1);
        isFound("pages held");
    }

    @Test
    void aRunForgottenByThePageMapIsFound() {
        long offset = store.allocate(20_000, 4, Holder.ADDRESS);
        pages().clearRun((int) (offset >> 12));
        isFound("pages held");
    }

    @Test
    void aPageOfACutRunThatLeadsElsewhereIsFound() {
        long offset = store.allocate(16, 4, Holder.ADDRESS);
        pages().setCut((int) (offset >> 12), 1, 1);
        isFound("cut run of a page");
    }

    @Test
    void wrongLiveBytesAreFound() {
        Planted.set(store, "liveByteSize", store.liveByteSize() + 16);
        isFound("live bytes");
    }

    @Test
    void aSlabMissingFromItsBinIsFound() {
        SlabBin bin = Planted.in(store, "slabBins", SlabBin[].class)[0];
        Slab slab = bin.first();
        bin.remove(slab);
        isFound("slabs with room");
        bin.add(slab);
        store.checkInvariants();
    }

    @Test
    void aFullSlabOrAClosedOneInABinIsFound() {
        SlabBin bin = Planted.in(store, "slabBins", SlabBin[].class)[0];
        bin.add(new Slab(99, 0, 1));
        isFound("slab 99 is wrong in its bin");
    }

    @Test
    void aPackedRunMissingOrInTheWrongListIsFound() {
        PackedBins bins = Planted.in(store, "packedBins", PackedBins.class);
        PackedRun run = bins.choose(1);
        bins.remove(run, run.longestFree());
        isFound("packed runs in bins");
        bins.add(run);
        run.allocate(1, 1, Holder.ADDRESS);
        Planted.set(store, "liveByteSize", store.liveByteSize() + 64);
        isFound("is wrong in list");
    }

    @Test
    void aWrongMarkOfAListIsFound() {
        PackedBins bins = Planted.in(store, "packedBins", PackedBins.class);
        Planted.in(bins, "occupied", long[].class)[0] ^= 1L << 7;
        isFound("packed bins: length=7");
    }

    @Test
    void aCorruptBuddyIsFound() {
        Planted.set(store.runs(), "freePageCount", 0L);
        isFound("counted");
    }

    private PageMap pages() {
        return Planted.in(store, "pages", PageMap.class);
    }

    private void isFound(String message) {
        assertThatThrownBy(store::checkInvariants).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }
}
