package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import java.util.ArrayList;
import java.util.List;
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
        private final List<Integer> markCounts = new ArrayList<>();
        private @Nullable Run watched;

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
            Run run = watched;
            if (run != null && !run.isOpen() && run.firstPage == firstPage) {
                markCounts.add(run.markCount());
            }
            return true;
        }
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
        watch.watched = Run.at(space, blocks.getFirst());
        assertThat(watch.watched.markCount()).isEqualTo(blocks.size());

        store.trim();

        assertThat(watch.markCounts).as("marks at the time of giving up").containsExactly(0);
        assertThat(watch.watched.isOpen()).isFalse();
        assertThat(store.lateLoserCount()).isZero();
    }

    private List<Long> fillOneRunAndOpenAnother(int byteSize) {
        List<Long> blocks = new ArrayList<>();
        long offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        Run run = Run.at(space, offset);
        while (run.covers(offset)) {
            blocks.add(offset);
            offset = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        }
        return blocks;
    }
}
