package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.slab.RecordingEraser.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A block freed by another thread than its owner: marked at once, erased and used again when its owner runs out. */
class RemoteFreeTest {
    private final RecordingEraser eraser = new RecordingEraser();
    private final BlockStore store = Stores.over(new FakeRegionSource(4), eraser);
    private final RunSpace space = store.space;
    private final Actors actors = new Actors();

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
        actors.close();
    }

    /** The thread of a step: the test's, another platform thread, or a virtual one, which has no owner of its own. */
    enum Who {
        ME,
        OTHER,
        VIRTUAL
    }

    private <T> T by(Who who, Callable<T> action) {
        try {
            return switch (who) {
                case ME -> action.call();
                case OTHER -> actors.doByOther(action);
                case VIRTUAL -> actors.doByVirtual(action);
            };
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private long take(long byteSize) {
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        assertThat(offset).isNotNegative();
        return offset;
    }

    private FreeResult free(long offset) {
        return store.free(offset, Holder.ADDRESS);
    }

    static Stream<Arguments> everyTripleAndSize() {
        return Stream.of(Who.values()).flatMap(owner -> Stream.of(Who.values()).flatMap(first -> Stream.of(Who.values())
                .flatMap(second -> Stream.of(16L, 208L, 1000L, 10_000L, 50_000L)
                        .map(byteSize -> Arguments.of(owner, first, second, byteSize)))));
    }

    @ParameterizedTest
    @MethodSource("everyTripleAndSize")
    void aSecondFreeByAnyThreadFindsNoLiveBlock(Who owner, Who first, Who second, long byteSize) {
        by(Who.ME, () -> free(take(32)));
        by(Who.OTHER, () -> free(take(32)));
        long offset = by(owner, () -> take(byteSize));
        long neighbour = by(owner, () -> take(byteSize));
        assertThat(by(second, () -> store.free(offset, Holder.OBJECT))).isEqualTo(FreeResult.HELD_OTHERWISE);
        assertThat(by(second, () -> free(offset + 4))).isEqualTo(FreeResult.INTERIOR);
        assertThat(by(first, () -> free(offset))).isEqualTo(FreeResult.DONE);

        refuses(second, offset);
        by(owner, store::trim);
        refuses(second, offset);

        assertThat(by(second, () -> free(neighbour))).isEqualTo(FreeResult.DONE);
        refuses(first, neighbour);
        assertThat(store.census().liveBlockCount()).isZero();
        assertThat(store.lateLoserCount()).isZero();
    }

    private void refuses(Who who, long offset) {
        eraser.take();
        StoreCounts before = StoreCounts.of(store);
        assertThat(store.startOf(offset)).isEqualTo(-1);
        assertThat(by(who, () -> store.judge(offset, Holder.ADDRESS))).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(by(who, () -> free(offset))).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(by(who, () -> store.shrink(offset, 1, Holder.ADDRESS))).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(eraser.take()).isEmpty();
        assertThat(StoreCounts.of(store)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 256, 320, 16_384})
    void aBlockFreedByAnotherThreadIsFreeAtOnceAndErasedWhenItsOwnerRunsOut(int byteSize) {
        List<Long> blocks = fill(byteSize);
        long last = blocks.getLast();
        StoreCounts before = StoreCounts.of(store);
        assertThat(by(Who.OTHER, () -> free(last))).isEqualTo(FreeResult.DONE);

        Run run = Run.at(space, last);
        assertThat(run.markCount()).isEqualTo(1);
        assertThat(run.isQueued()).isTrue();
        assertThat(eraser.take()).as("erased by the free").isEmpty();
        assertThat(store.startOf(last + byteSize - 1)).isEqualTo(-1);
        Census census = store.census();
        assertThat(census.liveBlockCount()).isEqualTo(before.census().liveBlockCount() - 1);
        assertThat(census.liveByteSize()).isEqualTo(before.census().liveByteSize() - byteSize);
        store.checkInvariants();

        assertThat(take(byteSize)).as("the only free place").isEqualTo(last);
        assertThat(eraser.take()).containsExactly(new Extent(last, byteSize));
        assertThat(run.markCount()).isZero();
        assertThat(run.isQueued()).isFalse();
        assertThat(StoreCounts.of(store)).isEqualTo(before);
    }

    /** Takes blocks until the first cut run is full, and no more. */
    private List<Long> fill(int byteSize) {
        List<Long> blocks = new ArrayList<>(List.of(take(byteSize)));
        Run run = Run.at(space, blocks.getFirst());
        while (run.freeByteSize() >= byteSize) {
            blocks.add(take(byteSize));
        }
        assertThat(Run.open(space)).hasSize(1);
        return blocks;
    }

    @Test
    void oneDrainGathersTheFreesOfManyThreadsInManyRuns() {
        List<Long> blocks = new ArrayList<>();
        for (int count = 0; count < 10 * 256; count++) {
            blocks.add(take(16));
        }
        for (int index = 0; index < blocks.size(); index++) {
            long offset = blocks.get(index);
            Who who = index % 3 == 0 ? Who.VIRTUAL : Who.OTHER;
            assertThat(by(who, () -> free(offset))).isEqualTo(FreeResult.DONE);
        }
        assertThat(store.census().liveBlockCount()).isZero();
        assertThat(store.census().classes()).containsExactly(new Census.SlabClass(16, 10, 0, 2560));

        take(16);

        assertThat(eraser.take()).hasSize(2560);
        assertThat(store.census().classes()).as("nine of ten slabs are released")
                .containsExactly(new Census.SlabClass(16, 1, 1, 255));
    }

    /**
     * The owner has taken the mark and not yet marked the block free. A second free must see one of the two.
     */
    @ParameterizedTest
    @ValueSource(longs = {16, 1000})
    void aSecondFreeFindsNoLiveBlockWhileTheOwnerReadsItsMarks(long byteSize) {
        take(byteSize);
        long offset = take(byteSize);
        assertThat(by(Who.OTHER, () -> free(offset))).isEqualTo(FreeResult.DONE);
        List<FreeResult> seconds = new ArrayList<>();
        eraser.whileErasing((start, size) -> {
            for (Who who : List.of(Who.OTHER, Who.VIRTUAL)) {
                seconds.add(by(who, () -> store.judge(offset, Holder.ADDRESS)));
                seconds.add(by(who, () -> free(offset)));
            }
        });

        store.trim();

        assertThat(eraser.take()).containsExactly(new Extent(offset, byteSize == 16 ? 16 : 1024));
        assertThat(seconds).hasSize(4).containsOnly(FreeResult.NOT_LIVE);
        assertThat(store.lateLoserCount()).isZero();
    }

    static Stream<Arguments> everyHolderAndKindOfRun() {
        return Stream.of(Holder.values())
                .flatMap(holder -> Stream.of(16, 1000).map(byteSize -> Arguments.of(holder, byteSize)));
    }

    /** The mark is in the queue before the owner frees, so the owner's free is the second. */
    @ParameterizedTest
    @MethodSource("everyHolderAndKindOfRun")
    void theOwnersFreeOfAMarkedBlockFindsNoLiveBlock(Holder holder, int byteSize) {
        take(byteSize);
        long offset = Stores.allocate(store, byteSize, 4, holder);
        assertThat(by(Who.OTHER, () -> store.free(offset, holder))).isEqualTo(FreeResult.DONE);

        assertThat(store.free(offset, holder)).isEqualTo(FreeResult.NOT_LIVE);
        assertThat(store.free(offset + 8, holder)).isEqualTo(FreeResult.NOT_LIVE);
        store.trim();

        assertThat(store.lateLoserCount()).isZero();
        assertThat(store.census().liveBlockCount()).isEqualTo(1);
        assertThat(eraser.take()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 1000, 10_000})
    void shrinkingTheBlockOfAnotherThreadErasesItsEndAndKeepsItsSize(int byteSize) {
        long offset = take(byteSize);
        long usable = store.usableByteSize(offset);
        for (Who who : List.of(Who.OTHER, Who.VIRTUAL)) {
            assertThat(by(who, () -> store.shrink(offset, 7, Holder.ADDRESS))).isEqualTo(FreeResult.DONE);
            assertThat(eraser.take()).containsExactly(new Extent(offset + 7, usable - 7));
            assertThat(store.usableByteSize(offset)).isEqualTo(usable);
        }
    }

    @Test
    void everyThreadThatShrinksACommonPackedBlockReleasesGranules() {
        for (Who who : Who.values()) {
            long offset = by(Who.VIRTUAL, () -> take(1000));
            assertThat(by(who, () -> store.shrink(offset, 65, Holder.ADDRESS))).isEqualTo(FreeResult.DONE);
            assertThat(store.usableByteSize(offset)).isEqualTo(128);
        }
    }
}
