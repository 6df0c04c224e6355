package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An owner processes the marks of other threads, and releases the runs that become vacant. */
class DrainTest {
    private final GivingUp lock = new GivingUp();
    private final BlockStore store = new BlockStore(new FakeRegionSource(4), Eraser.NONE, lock, () -> 1L << 30);
    private final RunSpace space = store.space;
    private final Actors actors = new Actors();

    /** Reads the marks of a run each time its pages are about to be given up: closing a run begins with this lock. */
    private static final class GivingUp extends ReentrantLock {
        private static final long serialVersionUID = 1;
        private final transient List<Long> markCounts = new ArrayList<>();
        private transient CutRun watched;

        @Override
        public void lock() {
            super.lock();
            CutRun run = watched;
            if (run != null && run.pageCount() > 0 && run.isVacant()) {
                markCounts.add(markCount(run));
            }
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
        lock.watched = space.cutRunAt(blocks.getFirst());
        assertThat(markCount(lock.watched)).isEqualTo(blocks.size());

        store.trim();

        assertThat(lock.markCounts).as("marks when the run is given up").containsExactly(0L);
        assertThat(lock.watched.pageCount()).isZero();
        assertThat(store.lateLoserCount()).isZero();
    }

    /** A mark on a run that was closed meanwhile belongs to no block. */
    @ParameterizedTest
    @ValueSource(ints = {16, 320})
    void aMarkOnAClosedRunFreesNothingAndIsCounted(int byteSize) {
        List<Long> blocks = fillOneRunAndOpenAnother(byteSize);
        CutRun run = space.cutRunAt(blocks.getFirst());
        SlabOwner owner = run.owner;
        for (long offset : blocks) {
            assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        }
        store.trim();
        assertThat(run.pageCount()).isZero();
        assertThat(run.markRemote(0)).isTrue();
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
