package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that change owners: from the common owner to a thread's, and from that of an ended thread to the common one. */
class SlabOwnerTest {
    private final FakeRegionSource source = new FakeRegionSource(4);
    private final BlockStore store = Stores.over(source, Eraser.NONE);
    private final Owners owners = store.owners;
    private final Actors actors = new Actors();

    @AfterEach
    void invariantsHold() {
        actors.close();
        store.checkInvariants();
        assertThat(store.lateLoserCount()).isZero();
    }

    private long take(int byteSize) {
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        assertThat(offset).isNotNegative();
        return offset;
    }

    private List<Long> take(int byteSize, int count) {
        List<Long> blocks = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            blocks.add(take(byteSize));
        }
        return blocks;
    }

    private FreeResult free(long offset) {
        return store.free(offset, Holder.ADDRESS);
    }

    private void freeAll(Iterable<Long> blocks) {
        for (long block : blocks) {
            assertThat(free(block)).isEqualTo(FreeResult.DONE);
        }
    }

    private Run runAt(long offset) {
        return Run.at(store, offset);
    }

    private int runCount() {
        return Run.open(store.space).size();
    }

    private SlabOwner own() {
        SlabOwner own = owners.own();
        assertThat(own).isNotNull();
        return own;
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 1000})
    void aThreadTakesACommonRunWithRoomBeforeItOpensARun(int byteSize) {
        long common = actors.doByVirtual(() -> take(byteSize));
        // The common owner keeps the run of its front until the run is put back.
        owners.common.runs.packed.settle();
        assertThat(runAt(common).ownerId()).isEqualTo(owners.common.id());

        long mine = take(byteSize);

        assertThat(runAt(mine).ownerId()).isEqualTo(own().id());
        assertThat(runCount()).isEqualTo(1);
        assertThat(actors.<FreeResult>doByVirtual(() -> free(common))).isEqualTo(FreeResult.DONE);
        assertThat(free(mine)).isEqualTo(FreeResult.DONE);
        store.checkInvariants();
        assertThat(store.trim()).isEqualTo(1);
    }

    /** No thread allocates from the common owner any more; blocks that were freed there must still be reused. */
    @ParameterizedTest
    @ValueSource(ints = {16, 1024})
    void blocksFreedInFullCommonRunsServeThreadsWithAnOwner(int byteSize) {
        int perRun = byteSize == 16 ? 256 : 64;
        free(take(5000));
        List<Long> common = actors.doByVirtual(() -> take(byteSize, 4 * perRun));
        int runs = runCount();
        freeAll(common);
        assertThat(store.census().liveBlockCount()).isZero();

        take(byteSize, 3 * perRun);

        assertThat(runCount()).isLessThanOrEqualTo(runs);
    }

    /**
     * A thread that marks a block puts its run into the queue in two steps. The run may change its owner between the
     * steps and after them.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNewOwnerReadsTheMarksOfARunHandedOverWhileQueued(boolean pushedBefore) {
        List<Long> common = actors.doByVirtual(() -> take(16, 2));
        SlowFree free = new SlowFree(store, common.getFirst());
        assertThat(free.mark()).isTrue();
        assertThat(free.enter()).isTrue();
        if (pushedBefore) {
            // The push happens after the giver has processed its queue and before the hand-over.
            own();
            owners.common.parking.releaseAll();
            store.owners.queues.of(owners.common.id()).add(free.run.firstPage);
            assertThat(owners.common.runs.giveSlab(0, own().runs)).isTrue();
        } else {
            take(16);
            free.addTo(owners.common.id());
        }
        assertThat(free.run.ownerId()).isEqualTo(own().id());
        store.checkInvariants();
        assertThat(store.census().liveBlockCount()).isEqualTo(pushedBefore ? 1 : 2);

        store.trim();
        assertThat(owners.common.queuedRunCount()).isZero();
        assertThat(own().queuedRunCount()).isZero();
        assertThat(free.isLive()).isFalse();
        assertThat(free.isMarked()).isFalse();
    }

    @Test
    void everythingThatAnEndedThreadOwnedIsTakenOver() {
        List<Long> full = new ArrayList<>();
        List<Long> partial = new ArrayList<>();
        List<Long> packed = new ArrayList<>();
        actors.doByOther(() -> {
            full.addAll(take(16, 256));
            partial.addAll(take(32, 10));
            packed.addAll(take(1024, 64 + 10));
            return free(take(48));
        });
        // These runs are in the queue of their owner when its thread ends.
        freeAll(full.subList(0, 100));
        freeAll(packed.subList(0, 20));
        int runs = runCount();
        SlabOwner ended = owners.of(runAt(full.getFirst()).ownerId());
        assertThat(ended.queuedRunCount()).isEqualTo(2);
        actors.replaceOther();

        store.trim();

        assertThat(owners.all()).doesNotContain(ended);
        assertThat(runAt(full.getLast()).ownerId()).isEqualTo(owners.common.id());
        assertThat(runAt(packed.getLast()).ownerId()).isEqualTo(owners.common.id());
        assertThat(store.census().liveBlockCount()).isEqualTo(256 + 10 + 74 - 120);
        assertThat(store.census().classes()).as("the vacant slab of 48 bytes is released").hasSize(2);
        store.checkInvariants();
        // Each kind of place is used again: in the full slab, the slab with room, the packed run.
        assertThat(full.subList(0, 100)).contains(take(16));
        assertThat(runAt(take(32)).covers(partial.getFirst())).isTrue();
        take(1024, 20);
        assertThat(runCount()).isEqualTo(runs - 1);

        freeAll(full.subList(100, 256));
        freeAll(partial);
        freeAll(packed.subList(20, packed.size()));
        assertThat(store.census().liveBlockCount()).isEqualTo(22);
    }

    @Test
    void aRunThatEntersTheQueueOfAnEndedThreadIsPassedOn() {
        List<Long> blocks = actors.doByOther(() -> take(16, 3));
        SlowFree free = new SlowFree(store, blocks.get(1));
        SlabOwner ended = owners.of(free.run.ownerId());
        actors.replaceOther();
        owners.inheritEnded();
        assertThat(free.run.ownerId()).isEqualTo(owners.common.id());
        assertThat(free.mark()).isTrue();
        assertThat(free.enter()).isTrue();

        free.addTo(ended.id());

        assertThat(ended.queuedRunCount()).isZero();
        assertThat(owners.common.queuedRunCount()).isEqualTo(1);
        store.checkInvariants();
        store.trim();
        assertThat(store.census().liveBlockCount()).isEqualTo(2);
        assertThat(free.isLive()).isFalse();
    }

    @Test
    void threadsThatFollowEachOtherUseOneSetOfRuns() {
        int runs = 0;
        for (int generation = 0; generation < 20; generation++) {
            List<Long> blocks = actors.doByOther(() -> {
                List<Long> taken = take(16, 300);
                taken.addAll(take(1024, 100));
                freeAll(taken.subList(0, 200));
                return taken.subList(200, 400);
            });
            if (generation % 2 == 0) {
                freeAll(blocks);
                actors.replaceOther();
            } else {
                actors.replaceOther();
                freeAll(blocks);
            }
            runs = generation == 3 ? runCount() : runs;
        }
        assertThat(runCount()).isLessThanOrEqualTo(runs);
        store.trim();
        store.trim();
        assertThat(source.committedRegionCount()).isZero();
    }

    /**
     * There are vacant runs of this thread, of the common owner and of an ended thread, and marks that wait to be read.
     */
    @Test
    void vacantRunsOfOtherThreadsAreGivenUpForTheLastPage() {
        for (int size : new int[] {16, 48, 1000}) {
            free(take(size));
            actors.doByVirtual(() -> free(take(size)));
            actors.doByOther(() -> free(take(size)));
        }
        List<Long> mine = take(64, 100);
        mine.addAll(take(2000, 100));
        assertThat(actors.<Long>doByOther(() -> {
            freeAll(mine);
            return take(16);
        })).isNotNegative();
        long last = actors.doByVirtual(() -> take(80));
        actors.replaceOther();
        freeAll(List.of(last));
        for (int region = 0; region < 3; region++) {
            take(2 << 20);
        }
        assertThat(store.census().liveBlockCount()).isEqualTo(4);
        assertThat(source.committedRegionCount()).isEqualTo(4);

        int pages = 0;
        while (Stores.allocate(store, 4096, 12, Holder.ADDRESS) >= 0) {
            pages++;
        }
        assertThat(pages).as("all but the page of the one live block").isEqualTo(511);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLastPageServesBlocksOfAnySize(boolean virtual) {
        for (int region = 0; region < 4; region++) {
            take(2 << 20);
        }
        for (int byteSize : new int[] {16, 256, 300, 4096}) {
            assertThat(store.shrink(0, (2 << 20) - 4096, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            long offset = virtual ? actors.doByVirtual(() -> take(byteSize)) : take(byteSize);
            assertThat(offset).as("%d bytes", byteSize).isEqualTo((2 << 20) - 4096);
            assertThat(free(offset)).isEqualTo(FreeResult.DONE);
            store.trim();
        }
    }

    /** The blocks that a giver has parked lie in its runs. It must not use them after it has handed the run over. */
    @ParameterizedTest
    @CsvSource({"16, ADDRESS", "16, OBJECT", "1000, ADDRESS", "1000, OBJECT"})
    void aRunIsHandedOverWithoutParkedBlocks(int byteSize, Holder holder) {
        List<Long> common = actors.doByVirtual(() -> take(byteSize, 10));
        Run run = runAt(common.getFirst());
        actors.doByVirtual(() -> {
            freeAll(common.subList(2, 8));
            return Stores.allocate(store, 48, 4, holder);
        });
        owners.common.runs.packed.settle();

        List<Long> mine = new ArrayList<>();
        for (int count = 0; count < 40; count++) {
            mine.add(Stores.allocate(store, byteSize, 4, holder));
        }

        assertThat(run.ownerId()).isEqualTo(own().id());
        assertThat(mine).doesNotHaveDuplicates().doesNotContain(common.get(0), common.get(1), common.get(8));
        List<Long> others = actors.doByVirtual(() -> take(byteSize, 20));
        assertThat(others).doesNotContainAnyElementsOf(mine);
        assertThat(others).as("the run of another owner").noneMatch(run::covers);
        store.checkInvariants();
        assertThat(store.census().liveBlockCount()).isEqualTo(4 + 40 + 20 + 1);
    }

    @Test
    void aClassWithManySlabsGetsLargerSlabsAndBothKindsAreUsedAgain() {
        List<Long> blocks = take(16, 256 * 20);
        assertThat(runCount()).as("16 slabs of one page and one of four pages").isEqualTo(17);
        assertThat(runAt(blocks.getFirst()).pageCount()).isEqualTo(1);
        assertThat(runAt(blocks.getLast()).pageCount()).isEqualTo(4);
        assertThat(store.census().classes()).containsExactly(new Census.SlabClass(16, 17, 5120, 0));
        for (int round = 0; round < 5; round++) {
            freeAll(blocks);
            store.trim();
            assertThat(store.census().classes()).isEmpty();
            blocks = take(16, 256 * 20);
            store.checkInvariants();
        }
        assertThat(blocks).doesNotHaveDuplicates();
    }

    /** A free by another thread must not lose the blocks that the owner has parked. */
    @Test
    void parkedBlocksServeAfterAMarkWasRead() {
        List<Long> blocks = take(1000, 10);
        assertThat(actors.<FreeResult>doByOther(() -> free(blocks.get(1)))).isEqualTo(FreeResult.DONE);
        assertThat(own().runs.remote.isIdle()).isFalse();
        assertThat(free(blocks.get(5))).isEqualTo(FreeResult.DONE);
        own().drain();
        assertThat(own().runs.remote.isIdle()).isTrue();
        assertThat(take(1000)).isEqualTo(blocks.get(5));
        assertThat(free(blocks.get(5))).isEqualTo(FreeResult.DONE);
        assertThat(take(1000)).isEqualTo(blocks.get(5));
    }
}
