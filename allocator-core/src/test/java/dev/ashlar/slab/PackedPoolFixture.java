package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.region.Pages;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A pool with one run, its front, whose counts are checked after each test. Offsets in granules. */
abstract class PackedPoolFixture {
    static final int RUN = PackedRun.GRANULE_COUNT;

    final RunSpace space = Stores.space(2, Eraser.NONE);
    final SlabOwner owner = Stores.owners(space, 2).common;
    final PackedPool pool = new PackedPool(space);

    @BeforeEach
    void openOneRun() {
        assertThat(pool.open(owner)).isTrue();
    }

    @AfterEach
    void countsAreExact() {
        assertThat(pool.checkedCount(owner)).isEqualTo(openRuns().size());
        openRuns().forEach(CutRun::checkInvariants);
    }

    final int take(int count) {
        return take(count, 1);
    }

    final int take(int count, int alignment) {
        int first = pool.allocate(count, alignment, Holder.ADDRESS);
        return first < 0 ? first : Pages.indexOf(pool.placedIn().firstByte()) * RUN / PackedRun.PAGE_COUNT + first;
    }

    final PackedRun runOf(int granule) {
        return (PackedRun) space.cutRunAt((long) granule << 6);
    }

    final void free(int granule) {
        PackedRun run = runOf(granule);
        pool.free(run, granule % RUN, run.granuleCountOf(granule % RUN));
    }

    final List<PackedRun> openRuns() {
        List<PackedRun> runs = new ArrayList<>();
        for (int number = 0; number < space.cutRuns.count(); number++) {
            if (space.cutRuns.get(number) instanceof PackedRun run && run.pageCount() > 0) {
                runs.add(run);
            }
        }
        return runs;
    }

    final long holeCount() {
        return pool.holeCount;
    }

    final @Nullable PackedRun front() {
        return pool.front.run();
    }

    final @Nullable PackedRun hole() {
        return pool.hole.run();
    }

    /** Takes the whole front in blocks of {@code count} granules. */
    final List<Integer> fillFront(int count) {
        List<Integer> blocks = new ArrayList<>();
        for (int taken = 0; taken < RUN; taken += count) {
            blocks.add(take(count));
        }
        assertThat(blocks).doesNotContain(-1).isSorted();
        return blocks;
    }

    final void freeStretch(List<Integer> blocks, int from, int count) {
        blocks.subList(from, from + count).forEach(this::free);
    }
}
