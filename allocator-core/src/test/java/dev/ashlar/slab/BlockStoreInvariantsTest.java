package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.buddy.CorruptRuns;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check of the whole store finds a planted error in each of its parts. */
class BlockStoreInvariantsTest {
    private final BlockStore store = Stores.of(3);

    @BeforeEach
    void takeSomeBlocks() {
        for (long byteSize : new long[] {16, 16, 100, 1000, 5000, 20_000, 3 << 20}) {
            assertThat(Stores.allocate(store, byteSize, 4, Holder.ADDRESS)).isNotNegative();
        }
        store.checkInvariants();
    }

    @Test
    void pagesThatNoCountIncludesAreFound() {
        assertThat(store.runs().allocate(1, 0)).isNotNegative();
        isFound("pages held");
    }

    @Test
    void pagesOfABlockThatTheBuddyHoldsFreeAreFound() {
        long offset = Stores.allocate(store, 20_000, 4, Holder.ADDRESS);
        store.runs().free((int) (offset >> 12), 1);
        isFound("pages held");
    }

    @Test
    void aRunForgottenByThePageMapIsFound() {
        long offset = Stores.allocate(store, 20_000, 4, Holder.ADDRESS);
        pages().clearRun((int) (offset >> 12));
        isFound("pages held");
    }

    @Test
    void aPageOfACutRunThatLeadsElsewhereIsFound() {
        long offset = Stores.allocate(store, 16, 4, Holder.ADDRESS);
        pages().setCut((int) (offset >> 12), 1, 1);
        isFound("cut run of a page");
    }

    @Test
    void wrongBytesInRunsAreFound() {
        space().runByteSize += 4096;
        isFound("bytes in runs");
    }

    @Test
    void aWrongCountOfRunsIsFound() {
        space().runBlockCount++;
        isFound("runs of their own");
    }

    @Test
    void aSlabMissingFromItsBinIsFound() {
        SlabBin bin = owner().slabBins[0];
        Slab slab = bin.first();
        bin.remove(slab);
        isFound("slabs with room");
        bin.add(slab);
        store.checkInvariants();
    }

    @Test
    void aFullSlabOrAClosedOneInABinIsFound() {
        SlabBin bin = owner().slabBins[0];
        bin.add(Stores.slab(99, 0));
        isFound("slab 99 is wrong in its bin");
    }

    @Test
    void aPackedRunMissingOrInTheWrongListIsFound() {
        PackedBins bins = packedBins();
        PackedRun run = bins.choose(1);
        bins.remove(run, run.longestFree());
        isFound("packed pool");
        bins.add(run);
        run.noteLongestFree(run.longestFree() - 1);
        isFound("is wrong in list");
    }

    @Test
    void aWrongMarkOfAListIsFound() {
        PackedBins bins = packedBins();
        bins.occupied[0] ^= 1L << 7;
        isFound("packed bins: length=7");
    }

    @Test
    void aCorruptBuddyIsFound() {
        CorruptRuns.forgetFreePages(store.runs());
        isFound("counted");
    }

    @Test
    void aWrongCountOfHolesIsFound() {
        PackedPool pool = owner().packed;
        pool.holeCount--;
        isFound("holes");
    }

    @Test
    void aSlabInTheBinOfAnotherClassIsFound() {
        SlabBin[] bins = owner().slabBins;
        Slab slab = bins[0].first();
        bins[0].remove(slab);
        bins[1].add(slab);
        isFound("class");
    }

    @Test
    void aRunOfAnotherOwnersInABinIsFound() {
        owner().slabBins[0].first().owner = store.owners.common;
        isFound("owner");
    }

    @Test
    void aPackedRunOfAnotherOwnersInAPoolIsFound() {
        packedBins().choose(1).owner = store.owners.common;
        isFound("owner");
    }

    @Test
    void aMarkOutsideEveryQueueIsFound() {
        long offset = Stores.allocate(store, 16, 4, Holder.ADDRESS);
        CutRun run = space().cutRunAt(offset);
        run.markRemote((int) (offset & 4095) / 16, run.generation());
        isFound("marks");
        run.enterQueue();
        isFound("queued");
        run.owner.enqueue(run);
        store.checkInvariants();
    }

    private RunSpace space() {
        return store.space;
    }

    private SlabOwner owner() {
        return store.owners.own();
    }

    private PackedBins packedBins() {
        return owner().packed.bins;
    }

    private PageMap pages() {
        return space().pages;
    }

    private void isFound(String message) {
        assertThatThrownBy(store::checkInvariants).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }
}
