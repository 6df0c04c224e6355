package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.buddy.CorruptRuns;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void threadsThatOwnNoMemoryMayWorkDuringACheck() throws InterruptedException {
        AtomicBoolean isDone = new AtomicBoolean();
        // A virtual thread owns no memory. The collector's thread, which frees code, owns none either.
        Thread other = Thread.startVirtualThread(() -> {
            long[] offsets = new long[100];
            for (int step = 0; !isDone.get(); step++) {
                int index = step % offsets.length;
                if (step >= offsets.length) {
                    store.free(offsets[index], Holder.ADDRESS);
                }
                long byteSize = 64L << (step % 9);
                Temperature temperature = step % 3 == 0 ? Temperature.COLD : Temperature.HOT;
                offsets[index] = Stores.allocate(store, byteSize, 4, temperature, Holder.ADDRESS);
            }
        });
        try {
            for (int count = 0; count < 2000; count++) {
                store.checkInvariants();
            }
        } finally {
            isDone.set(true);
            other.join();
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
    void aForgottenBlockOfWholePagesIsFound() {
        long offset = Stores.allocate(store, 20_000, 4, Holder.ADDRESS);
        space().large.set(Pages.indexOf(offset), 0);
        isFound("pages held");
    }

    @Test
    void aPageThatLeadsToAnotherRunIsFound() {
        long offset = Stores.allocate(store, 1000, 4, Holder.ADDRESS);
        Lines lines = space().lines;
        int page = Run.at(store, offset).firstPage + 3;
        lines.of(page)[Lines.lineOf(page) + Lines.RUN]--;
        isFound("word of a page of a run");
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
    void aSlabMissingFromItsListIsFound() {
        SlabPool slabs = owner().runs.slabs;
        int slab = slabs.first(0);
        slabs.remove(slab);
        isFound("slabs");
        slabs.add(slab);
        store.checkInvariants();
    }

    @Test
    void aWrongLinkOfAListIsFound() {
        int slab = owner().runs.slabs.first(0);
        space().lines.of(slab)[Lines.lineOf(slab) + Lines.LINKS] = 1L << 32;
        isFound("is wrong in list 0");
    }

    @Test
    void aPackedRunMissingOrInTheWrongListIsFound() {
        PackedBins bins = packedBins();
        int run = bins.choose(1);
        int longest = RunWord.last(space().lines.first(run));
        bins.remove(run, longest);
        isFound("packed pool");
        bins.add(run);
        space().lines.setFirst(run, RunWord.withLast(space().lines.first(run), longest - 1));
        isFound("wrong");
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
        PackedPool pool = owner().runs.packed;
        pool.holeCount--;
        isFound("holes");
    }

    @Test
    void aSlabInTheListOfAnotherClassIsFound() {
        int slab = owner().runs.slabs.first(0);
        long first = space().lines.first(slab);
        space().lines.setFirst(slab, RunWord.withFreeCount(first, 0));
        owner().runs.slabs.remove(slab);
        owner().runs.slabs.add(slab);
        space().lines.setFirst(slab, first);
        isFound("is wrong in list");
    }

    @Test
    void aRunInTheListsOfAnotherOwnerIsFound() {
        for (int run : new int[] {owner().runs.slabs.first(0), packedBins().choose(1)}) {
            space().lines.setOwner(run, store.owners.common.id());
            isFound("of owner " + owner().id());
            space().lines.setOwner(run, owner().id());
            store.checkInvariants();
        }
    }

    @Test
    void wordsOfMarksWithDifferentLivesAreFound() {
        for (int byteSize : new int[] {16, 48, 64, 1000}) {
            SlowFree free = new SlowFree(store, Stores.allocate(store, byteSize, 4, Holder.ADDRESS));
            free.changeLife(1);
            isFound("life of marks");
            free.changeLife(-1);
            store.checkInvariants();
        }
    }

    @Test
    void aMarkOutsideEveryQueueIsFound() {
        SlowFree free = new SlowFree(store, Stores.allocate(store, 16, 4, Holder.ADDRESS));
        assertThat(free.mark()).isTrue();
        isFound("marks");
        assertThat(free.enter()).isTrue();
        isFound("queued");
        free.addTo(owner().id());
        store.checkInvariants();
    }

    private RunSpace space() {
        return store.space;
    }

    private SlabOwner owner() {
        return store.owners.own();
    }

    private PackedBins packedBins() {
        return owner().runs.packed.bins;
    }

    private void isFound(String message) {
        assertThatThrownBy(store::checkInvariants).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }
}
