package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An owner processes the marks of other threads, and releases the runs that become vacant. */
class DrainTest {
    private final Watch watch = new Watch();
    private final BlockStore store = Stores.over(watch, Eraser.NONE);
    private final RunSpace space = store.space;
    private final Actors actors = new Actors();

    /** Looks at a run whenever its pages are given back. */
    private static final class Watch extends FakeRegionSource {
        private final List<Long> markCounts = new ArrayList<>();
        private @Nullable CutRun watched;

        Watch() {
            super(4);
        }

        @Override
        public boolean publishesInPlace() {
            return true;
        }

        /** Asked before pages are freed. */
        @Override
        public boolean isOpen(int firstPage, int pageCount) {
            CutRun run = watched;
            if (run != null && run.pageCount() == 0 && run.firstPage() == firstPage) {
                markCounts.add(markCount(run));
            }
            return true;
        }
    }

    private static long markCount(CutRun run) {
        return LongStream.range(0, run.remoteWordCount())
                .map(word -> Long.bitCount(run.remoteMarks((int) word)))
                .sum();
    }

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
        actors.close();
    }

    /** After that, another thread may open the run for its own blocks, whose marks do not belong to this owner. */
    @ParameterizedTest
    @ValueSource(ints = {16, 256, 320, 4096})
    void aRunIsGivenUpAfterItsMarksAreTakenAway(int byteSize) {
        List<Long> blocks = fillOneRunAndOpenAnother(byteSize);
        actors.doByOther(() -> blocks.stream()
                .map(offset -> store.free(offset, Holder.ADDRESS))
                .toList());
        watch.watched = space.cutRunAt(blocks.getFirst());
        assertThat(markCount(watch.watched)).isEqualTo(blocks.size());

        store.trim();

        assertThat(watch.markCounts).as("marks at the time of giving up").containsExactly(0L);
        assertThat(watch.watched.pageCount()).isZero();
        assertThat(store.lateLoserCount()).isZero();
    }

    /** A mark on a run that was closed meanwhile belongs to no block. */
    @ParameterizedTest
    @ValueSource(ints = {16, 320})
    void aMarkOnAClosedRunFreesNothingAndIsCounted(int byteSize) {
        List<Long> blocks = fillOneRunAndOpenAnother(byteSize);
        CutRun run = space.cutRunAt(blocks.getFirst());
        SlabOwner owner = run.owner;
        int generation = run.generation();
        for (long offset : blocks) {
            assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        }
        store.trim();
        assertThat(run.pageCount()).isZero();
        assertThat(run.markRemote(0, generation)).isTrue();
        assertThat(run.enterQueue()).isTrue();
        owner.enqueue(run);

        store.trim();

        assertThat(run.isQueued()).isFalse();
        assertThat(markCount(run)).isZero();
        assertThat(store.lateLoserCount()).isEqualTo(1);
    }

    private List<Long> fillOneRunAndOpenAnother(int byteSize) {
        List<Long> blocks = new ArrayList<>();
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        CutRun run = space.cutRunAt(offset);
        while (run.covers(offset)) {
            blocks.add(offset);
            offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        }
        return blocks;
    }
}
