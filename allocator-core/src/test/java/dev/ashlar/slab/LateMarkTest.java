package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.slab.RecordingEraser.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two threads free a block at once: its owner, and another thread that finds it live before and marks it afterwards.
 * Both frees return success. In every later state of the block, the mark frees nothing else.
 */
class LateMarkTest {
    private final RecordingEraser eraser = new RecordingEraser();
    private final BlockStore store = Stores.over(new FakeRegionSource(4), eraser);
    private final RunSpace space = store.space;
    private final Actors actors = new Actors();

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
        actors.close();
    }

    private long take(long byteSize) {
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        assertThat(offset).isNotNegative();
        return offset;
    }

    private FreeResult free(long offset) {
        return store.free(offset, Holder.ADDRESS);
    }

    private FreeResult freeByOther(long offset, Holder holder) {
        return actors.doByOther(() -> store.free(offset, holder));
    }

    private CutRun runAt(long offset) {
        CutRun run = space.cutRunAt(offset);
        assertThat(run).as("cut run at %d", offset).isNotNull();
        return run;
    }

    private int positionAt(long offset) {
        CutRun run = runAt(offset);
        return run.positionOf((int) (offset - run.firstByte()));
    }

    private static void releaseParked(SlabOwner owner) {
        owner.parking.releaseAll();
    }

    /** Takes blocks until the first cut run is full, and no more. */
    private List<Long> fill(int byteSize) {
        List<Long> blocks = new ArrayList<>(List.of(take(byteSize)));
        CutRun run = runAt(blocks.getFirst());
        while (run.freeByteSize() >= byteSize) {
            blocks.add(take(byteSize));
        }
        assertThat(space.cutRuns.count()).isEqualTo(1);
        return blocks;
    }

    /**
     * Two threads free one block at once and both succeed: the other thread checks before the owner's free and marks
     * after it.
     *
     * @return the run in which the mark is
     */
    private CutRun freeTwiceAtOnce(long offset, Holder holder) {
        CutRun run = runAt(offset);
        int position = positionAt(offset);
        int generation = run.generation();
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.DONE);
        markLate(run, position, generation);
        return run;
    }

    /** The second half of a free that found the block live. Its owner may act between the two halves. */
    private static void markLate(CutRun run, int position, int generation) {
        assertThat(run.markRemote(position, generation)).isTrue();
        if (run.enterQueue()) {
            run.owner.enqueue(run);
        }
    }

    static Stream<Arguments> everyHolderAndSize() {
        return Stream.of(Holder.values())
                .flatMap(holder -> Stream.of(16, 256, 320, 4096).map(byteSize -> Arguments.of(holder, byteSize)));
    }

    /** The place is free meanwhile. The mark must not free the next block there. */
    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void theLoserOfARaceIsFoundWhenThePlaceIsTakenAgainAndIsHarmless(Holder holder, int byteSize) {
        List<Long> blocks = fill(byteSize);
        long offset = blocks.get(1);
        assertThat(free(offset)).isEqualTo(FreeResult.DONE);
        releaseParked(runAt(offset).owner);
        assertThat(Stores.allocate(store, byteSize, 4, holder)).as("the only free place").isEqualTo(offset);
        releaseParked(freeTwiceAtOnce(offset, holder).owner);
        assertThat(store.lateLoserCount()).isZero();

        assertThat(take(byteSize)).as("the only free place").isEqualTo(offset);

        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(store.judge(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        store.trim();
        assertThat(store.startOf(offset)).isEqualTo(offset);
        assertThat(store.census().liveBlockCount()).isEqualTo(blocks.size());
        assertThat(freeByOther(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        assertThat(freeByOther(offset, Holder.ADDRESS)).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("everyHolderAndSize")
    void theLoserOfARaceIsFoundWhenTheMarksAreReadAndIsHarmless(Holder holder, int byteSize) {
        long kept = take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, holder);
        CutRun run = freeTwiceAtOnce(offset, holder);
        assertThat(store.lateLoserCount()).isZero();
        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(store.census().liveBlockCount()).isEqualTo(1);

        store.trim();

        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(run.isQueued()).isFalse();
        assertThat(eraser.take()).as("erased once").containsExactly(new Extent(offset, byteSize));
        assertThat(store.startOf(kept)).isEqualTo(kept);
        assertThat(store.census().liveBlockCount()).isEqualTo(1);
    }

    /** The block freed last is taken without a look at its run, but not while marks wait. */
    @ParameterizedTest
    @ValueSource(ints = {16, 256, 320, 4096})
    void aLateMarkOnTheBlockFreedLastIsDroppedBeforeItsNextUse(int byteSize) {
        take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        CutRun run = freeTwiceAtOnce(offset, Holder.OBJECT);

        assertThat(Stores.allocate(store, byteSize, 4, Holder.OBJECT)).isNotEqualTo(offset);
        assertThat(store.lateLoserCount()).isZero();
        assertThat(freeByOther(offset, Holder.OBJECT)).isEqualTo(FreeResult.NOT_LIVE);
        run.owner.drain();
        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(Stores.allocate(store, byteSize, 4, Holder.OBJECT)).as("the parked block").isEqualTo(offset);

        assertThat(store.judge(offset, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
        store.trim();
        assertThat(store.startOf(offset)).isEqualTo(offset);
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    /** A parked block is taken without a look at bins, holes or the queue. The mark is still dropped. */
    @ParameterizedTest
    @ValueSource(ints = {16, 256, 320, 4096})
    void aLateMarkOnAParkedBlockIsDroppedAtItsNextUse(int byteSize) {
        take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        long next = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        CutRun run = freeTwiceAtOnce(offset, Holder.OBJECT);
        assertThat(store.free(next, Holder.OBJECT)).isEqualTo(FreeResult.DONE);

        assertThat(take(byteSize)).as("the parked block").isEqualTo(offset);

        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(run.isMarkedRemote(positionAt(offset))).isFalse();
        assertThat(store.judge(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        store.trim();
        assertThat(store.startOf(offset)).isEqualTo(offset);
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    /** A block moves from the quarantine to its magazine. The mark is dropped when the block leaves the magazine. */
    @ParameterizedTest
    @ValueSource(ints = {16, 256, 320, 1024})
    void aLateMarkOnABlockInQuarantineIsDroppedAtItsNextUse(int byteSize) {
        List<Long> blocks = new ArrayList<>();
        for (int count = 0; count < 3 * Quarantine.LENGTH; count++) {
            blocks.add(take(byteSize));
        }
        long offset = blocks.get(1);
        freeTwiceAtOnce(offset, Holder.ADDRESS);
        for (int further = 1; further <= Quarantine.LENGTH; further++) {
            assertThat(eraser.take()).as("erased before further free %d", further).isEmpty();
            // No two in a row, and no two side by side.
            take(48);
            assertThat(free(blocks.get(1 + 2 * further))).isEqualTo(FreeResult.DONE);
        }

        assertThat(eraser.take()).containsExactly(new Extent(offset, byteSize));
        assertThat(take(byteSize)).as("the block erased").isEqualTo(offset);
        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(store.judge(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        store.trim();
        assertThat(store.startOf(offset)).isEqualTo(offset);
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    /** The mark is made while the block is parked and enters the queue only when it is live again. */
    @ParameterizedTest
    @CsvSource({"16, true", "16, false", "1000, true", "1000, false"})
    void aMarkThatEntersTheQueueLateCountsFromThenOn(int byteSize, boolean isLast) {
        long other = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        long offset = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        take(byteSize);
        CutRun run = runAt(offset);
        int position = positionAt(offset);
        assertThat(store.free(offset, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
        assertThat(run.markRemote(position, run.generation())).isTrue();
        Holder next = isLast ? Holder.OBJECT : Holder.ADDRESS;
        if (!isLast) {
            assertThat(store.free(other, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
        }
        assertThat(Stores.allocate(store, byteSize, 4, next)).isEqualTo(offset);
        assertThat(run.enterQueue()).isTrue();
        run.owner.enqueue(run);

        assertThat(store.free(offset, next)).as("just freed by another thread").isEqualTo(FreeResult.NOT_LIVE);
        store.trim();
        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(run.isMarkedRemote(position)).isFalse();
        assertThat(store.census().liveBlockCount()).isEqualTo(isLast ? 2 : 1);
        assertThat(store.lateLoserCount()).isZero();
    }

    static Stream<Arguments> everyHolderAndKindOfRun() {
        return Stream.of(Holder.values())
                .flatMap(holder -> Stream.of(16, 1000).map(byteSize -> Arguments.of(holder, byteSize)));
    }

    /** Both frees return DONE: the owner's, before the mark is in the queue, and the other thread's. */
    @ParameterizedTest
    @MethodSource("everyHolderAndKindOfRun")
    void theOwnersFreeOfABlockThatIsBeingMarkedFreesItOnce(Holder holder, int byteSize) {
        take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, holder);
        CutRun run = runAt(offset);
        int position = positionAt(offset);
        assertThat(run.markRemote(position, run.generation())).isTrue();
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.DONE);
        assertThat(run.enterQueue()).isTrue();
        run.owner.enqueue(run);

        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(freeByOther(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
        store.trim();

        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(store.census().liveBlockCount()).isEqualTo(1);
        assertThat(run.isMarkedRemote(position)).isFalse();
    }

    /** The run is released and serves another owner before the mark is read. */
    @ParameterizedTest
    @ValueSource(ints = {16, 1000})
    void theLoserOfARaceIsHarmlessToTheNextUseOfItsRun(int byteSize) {
        long offset = take(byteSize);
        CutRun run = runAt(offset);
        int position = positionAt(offset);
        int generation = run.generation();
        assertThat(free(offset)).isEqualTo(FreeResult.DONE);
        store.trim();
        markLate(run, position, generation);

        List<Long> again = new ArrayList<>();
        for (int count = 0; count < 64; count++) {
            again.add(take(byteSize));
        }

        assertThat(runAt(again.getFirst())).isSameAs(run);
        assertThat(store.lateLoserCount()).isEqualTo(1);
        store.trim();
        assertThat(again).allMatch(block -> store.startOf(block) == block);
        assertThat(store.census().liveBlockCount()).isEqualTo(64);
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    /** A thread found the block, and marks it when the run has ended and begun again with other blocks. */
    @ParameterizedTest
    @ValueSource(ints = {16, 1000})
    void aMarkOfAnEarlierRunIsRefusedAndLeavesTheMarksOfTheNextRun(int byteSize) {
        long offset = take(byteSize);
        CutRun run = runAt(offset);
        int position = positionAt(offset);
        int generation = run.generation();
        assertThat(free(offset)).isEqualTo(FreeResult.DONE);
        store.trim();
        List<Long> again = new ArrayList<>();
        while (!again.contains(offset)) {
            again.add(take(byteSize));
        }
        assertThat(runAt(offset)).isSameAs(run);
        assertThat(freeByOther(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);

        assertThat(run.markRemote(position, generation)).isFalse();

        assertThat(run.isMarkedRemote(position)).isTrue();
        store.trim();
        assertThat(store.census().liveBlockCount()).isEqualTo(again.size() - 1);
        assertThat(store.lateLoserCount()).isZero();
    }

    enum NextOwner {
        NONE,
        COMMON,
        MINE
    }

    static Stream<Arguments> everySizeAndNextOwner() {
        return Stream.of(NextOwner.values())
                .flatMap(next -> Stream.of(16, 1000).map(byteSize -> Arguments.of(byteSize, next)));
    }

    /**
     * Another thread with the lock frees the block first and releases its run. A next run may be opened in its place.
     */
    @ParameterizedTest
    @MethodSource("everySizeAndNextOwner")
    void aFreeThatWaitedForTheLockChangesNothingInTheNextRun(int byteSize, NextOwner next) throws Exception {
        Owners owners = store.owners;
        free(take(32));
        long offset = actors.doByVirtual(() -> take(byteSize));
        CutRun run = runAt(offset);
        assertThat(run.owner).isSameAs(owners.common);
        FutureTask<FreeResult> second = new FutureTask<>(() -> free(offset));
        Thread waiting = Thread.ofVirtual().unstarted(second);
        List<Long> later = new ArrayList<>();
        synchronized (owners.common.lock) {
            waiting.start();
            while (waiting.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            assertThat(owners.common.free(run, offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            owners.common.releaseVacant();
            assertThat(run.pageCount()).isZero();
            for (int count = 0; count < 10 && next != NextOwner.NONE; count++) {
                later.add(next == NextOwner.MINE ? take(byteSize) : takeCommon(owners.common, byteSize));
            }
        }

        assertThat(second.get()).isEqualTo(FreeResult.NOT_LIVE);

        assertThat(later).allMatch(block -> store.startOf(block) == block && runAt(block) == run);
        assertThat(run.pageCount() > 0).isEqualTo(next != NextOwner.NONE);
        store.trim();
        assertThat(store.census().liveBlockCount()).isEqualTo(later.size());
        assertThat(store.lateLoserCount()).isZero();
    }

    private static long takeCommon(SlabOwner common, int byteSize) {
        return byteSize <= BlockStore.LARGEST_SLOT_BYTE_SIZE
                ? common.allocateSlot(byteSize, Holder.ADDRESS)
                : common.allocatePacked(byteSize, 4, Holder.ADDRESS);
    }
}
