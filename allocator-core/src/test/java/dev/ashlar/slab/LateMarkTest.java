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
    /** Of code; of data in tests of the block freed last, which needs no erasing. */
    private BlockStore store = Stores.over(new FakeRegionSource(4), eraser);
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

    private Parking parking() {
        return store.owners.own().parking;
    }

    /** Takes blocks until the first cut run is full, and no more. */
    private List<Long> fill(int byteSize) {
        List<Long> blocks = new ArrayList<>(List.of(take(byteSize)));
        Run run = Run.at(store, blocks.getFirst());
        while (run.freeByteSize() >= byteSize) {
            blocks.add(take(byteSize));
        }
        assertThat(Run.open(store.space)).hasSize(1);
        return blocks;
    }

    /**
     * Two threads free one block at once and both succeed: the other thread checks before the owner's free and marks
     * after it.
     */
    private SlowFree freeTwiceAtOnce(long offset, Holder holder) {
        SlowFree late = new SlowFree(store, offset);
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.DONE);
        assertThat(late.mark()).isTrue();
        late.finish();
        return late;
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
        parking().releaseAll();
        assertThat(Stores.allocate(store, byteSize, 4, holder)).as("the only free place").isEqualTo(offset);
        freeTwiceAtOnce(offset, holder);
        parking().releaseAll();
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
        SlowFree late = freeTwiceAtOnce(offset, holder);
        assertThat(store.lateLoserCount()).isZero();
        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(store.census().liveBlockCount()).isEqualTo(1);

        store.trim();

        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(late.run.isQueued()).isFalse();
        assertThat(eraser.take()).as("erased once").containsExactly(new Extent(offset, byteSize));
        assertThat(store.startOf(kept)).isEqualTo(kept);
        assertThat(store.census().liveBlockCount()).isEqualTo(1);
    }

    /** The block freed last is taken without a look at its run, but not while marks wait. */
    @ParameterizedTest
    @ValueSource(ints = {16, 256, 320, 4096})
    void aLateMarkOnTheBlockFreedLastIsDroppedBeforeItsNextUse(int byteSize) {
        store = Stores.of(4);
        take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        SlowFree late = freeTwiceAtOnce(offset, Holder.OBJECT);
        assertThat(store.owners.lastFreed(parking().ownerId).offset).isEqualTo(offset);
        assertThat(freeByOther(offset, Holder.OBJECT)).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(store.lateLoserCount()).isZero();

        assertThat(Stores.allocate(store, byteSize, 4, Holder.OBJECT)).isEqualTo(offset);

        requireDroppedAndLive(late, offset, Holder.OBJECT);
    }

    /** A parked block is taken without a look at lists, holes or the queue. The mark is still dropped. */
    @ParameterizedTest
    @ValueSource(ints = {16, 256, 320, 4096})
    void aLateMarkOnAParkedBlockIsDroppedAtItsNextUse(int byteSize) {
        take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        long parked = parking().byteSize();
        SlowFree late = freeTwiceAtOnce(offset, Holder.OBJECT);
        parking().parkLast();
        assertThat(parking().byteSize()).isEqualTo(parked + byteSize);

        assertThat(take(byteSize)).as("the parked block").isEqualTo(offset);

        requireDroppedAndLive(late, offset, Holder.ADDRESS);
    }

    private void requireDroppedAndLive(SlowFree late, long offset, Holder holder) {
        assertThat(store.lateLoserCount()).isEqualTo(1);
        assertThat(late.isMarked()).isFalse();
        assertThat(store.judge(offset, holder)).isEqualTo(FreeResult.DONE);
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

    /** The mark is made while the block is the one freed last, and enters the queue when that is live again. */
    @ParameterizedTest
    @ValueSource(ints = {16, 1000})
    void aMarkThatEntersTheQueueLateCountsFromThenOn(int byteSize) {
        store = Stores.of(4);
        take(byteSize);
        long offset = take(byteSize);
        SlowFree late = new SlowFree(store, offset);
        assertThat(free(offset)).isEqualTo(FreeResult.DONE);
        assertThat(late.mark()).isTrue();
        assertThat(take(byteSize)).isEqualTo(offset);
        late.finish();

        assertThat(free(offset)).as("just freed by another thread").isEqualTo(FreeResult.NOT_LIVE);
        store.trim();
        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(late.isMarked()).isFalse();
        assertThat(store.census().liveBlockCount()).isEqualTo(1);
        assertThat(store.lateLoserCount()).isZero();
    }

    /** The mark is made while the block is parked, is dropped when it is taken, and the queue finds no mark. */
    @ParameterizedTest
    @ValueSource(ints = {16, 1000})
    void aQueuedRunWhoseMarkWasDroppedLosesNothing(int byteSize) {
        long offset = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
        SlowFree late = new SlowFree(store, offset);
        assertThat(store.free(offset, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
        assertThat(late.mark()).isTrue();
        assertThat(take(byteSize)).isEqualTo(offset);
        late.finish();

        requireDroppedAndLive(late, offset, Holder.ADDRESS);
        assertThat(free(offset)).isEqualTo(FreeResult.DONE);
    }

    static Stream<Arguments> everyHolderAndKindOfRun() {
        return Stream.of(Holder.values())
                .flatMap(holder -> Stream.of(16, 1000).map(byteSize -> Arguments.of(holder, byteSize)));
    }

    /** The mark is set and not in the queue yet. The owner sees it, and its free is the second. */
    @ParameterizedTest
    @MethodSource("everyHolderAndKindOfRun")
    void theOwnersFreeOfABlockThatIsBeingMarkedFindsNoLiveBlock(Holder holder, int byteSize) {
        theOwnersFreeOfABlockThatIsBeingMarked(holder, byteSize, 48, FreeResult.NOT_LIVE);
        assertThat(store.lateLoserCount()).isZero();
    }

    /** The owner frees the block that it was handed last without a look at marks. Both frees return DONE. */
    @ParameterizedTest
    @MethodSource("everyHolderAndKindOfRun")
    void theOwnersFreeOfItsLastBlockThatIsBeingMarkedFreesItOnce(Holder holder, int byteSize) {
        store = Stores.of(4);
        theOwnersFreeOfABlockThatIsBeingMarked(holder, byteSize, 0, FreeResult.DONE);
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    /** After the block, the owner takes another one of {@code nextByteSize} bytes, or none. */
    private void theOwnersFreeOfABlockThatIsBeingMarked(
            Holder holder, int byteSize, int nextByteSize, FreeResult expected) {
        take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, holder);
        if (nextByteSize > 0) {
            take(nextByteSize);
        }
        long liveCount = store.census().liveBlockCount();
        SlowFree late = new SlowFree(store, offset);
        assertThat(late.mark()).isTrue();
        assertThat(store.free(offset, holder)).isEqualTo(expected);
        late.finish();

        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(freeByOther(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
        store.trim();

        assertThat(store.census().liveBlockCount()).isEqualTo(liveCount - 1);
        assertThat(late.isMarked()).isFalse();
    }

    /** A thread found the block, and marks it when the run has ended, and perhaps begun again with other blocks. */
    @ParameterizedTest
    @CsvSource({"16, true", "16, false", "48, true", "256, true", "1000, true", "1000, false"})
    void aMarkThatMeetsAnotherLifeIsNotSet(int byteSize, boolean beginsAgain) {
        long offset = take(byteSize);
        SlowFree late = new SlowFree(store, offset);
        assertThat(free(offset)).isEqualTo(FreeResult.DONE);
        store.trim();
        assertThat(late.run.isOpen()).isFalse();
        List<Long> again = new ArrayList<>();
        while (beginsAgain && !again.contains(offset)) {
            again.add(take(byteSize));
        }
        assertThat(late.isMarked()).isFalse();
        if (beginsAgain) {
            assertThat(freeByOther(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        }

        assertThat(late.mark()).isFalse();
        late.finish();

        assertThat(late.isMarked()).as("the mark of the next run").isEqualTo(beginsAgain);
        store.checkInvariants();
        store.trim();
        assertThat(store.census().liveBlockCount()).isEqualTo(Math.max(0, again.size() - 1));
        assertThat(store.lateLoserCount()).isZero();
    }

    /** The owner has freed all blocks of a run that is in its queue. The run must not begin again before it leaves. */
    @ParameterizedTest
    @ValueSource(ints = {16, 256, 1000})
    void aRunInAQueueDoesNotEnd(int byteSize) {
        long offset = take(byteSize);
        SlowFree late = freeTwiceAtOnce(offset, Holder.ADDRESS);
        parking().releaseAll();
        assertThat(RunWord.isVacant(late.run.word())).isTrue();
        store.owners.own().runs.releaseVacant();
        assertThat(late.run.isOpen()).isTrue();
        assertThat(late.run.isQueued()).isTrue();

        store.trim();

        assertThat(late.run.isOpen()).isFalse();
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    /** The mark is set, and the run ends before it enters a queue. Then it enters none. */
    @ParameterizedTest
    @ValueSource(ints = {16, 48, 256, 1000})
    void theMarkOfAFreeThatLostIsCountedWhenItsRunEnds(int byteSize) {
        long offset = take(byteSize);
        SlowFree late = new SlowFree(store, offset);
        assertThat(free(offset)).isEqualTo(FreeResult.DONE);
        assertThat(late.mark()).isTrue();
        store.trim();
        assertThat(late.run.isOpen()).isFalse();
        assertThat(store.lateLoserCount()).isEqualTo(1);
        long again = take(byteSize);

        assertThat(late.enter()).isFalse();

        assertThat(late.isMarked()).isFalse();
        store.trim();
        assertThat(store.startOf(again)).isEqualTo(again);
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
        Run run = Run.at(store, offset);
        assertThat(run.ownerId()).isEqualTo(owners.common.id());
        FutureTask<FreeResult> second = new FutureTask<>(() -> free(offset));
        Thread waiting = Thread.ofVirtual().unstarted(second);
        List<Long> later = new ArrayList<>();
        synchronized (owners.common.lock) {
            waiting.start();
            while (waiting.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            assertThat(freeCommon(offset)).isTrue();
            owners.common.releaseVacant();
            assertThat(run.isOpen()).isFalse();
            for (int count = 0; count < 10 && next != NextOwner.NONE; count++) {
                later.add(next == NextOwner.MINE ? take(byteSize) : takeCommon(owners.common, byteSize));
            }
        }

        assertThat(second.get()).isEqualTo(FreeResult.NOT_LIVE);

        assertThat(later).allMatch(block -> store.startOf(block) == block && run.covers(block));
        assertThat(RunWord.isFirst(run.word())).isEqualTo(next != NextOwner.NONE);
        store.trim();
        assertThat(store.census().liveBlockCount()).isEqualTo(later.size());
        assertThat(store.lateLoserCount()).isZero();
    }

    private boolean freeCommon(long offset) {
        Lines lines = store.space.lines;
        return store.owners.common.parking.free(
                lines.atOffset(offset), Lines.lineAt(offset), lines.runAt(offset), offset, Holder.ADDRESS);
    }

    private static long takeCommon(SlabOwner common, int byteSize) {
        return common.allocate(byteSize, 4, Holder.ADDRESS);
    }
}
