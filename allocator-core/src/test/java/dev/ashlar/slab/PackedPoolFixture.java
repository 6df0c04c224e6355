package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A pool with one run, its front, whose counts are checked after each test. Offsets in granules. */
abstract class PackedPoolFixture {
    static final int RUN = PackedRun.GRANULE_COUNT;

    final RunSpace space = Stores.space(2, Eraser.NONE);
    private final OwnerQueues queues = new OwnerQueues(space.lines, 3);
    final CutRuns runs = new CutRuns(space, queues, 1);
    /** To which this one gives runs. */
    final CutRuns taker = new CutRuns(space, queues, 2);

    final PackedPool pool = runs.packed;
    private final PackedRuns packed = new PackedRuns(space.lines);

    @BeforeEach
    void openOneRun() {
        assertThat(open()).isTrue();
    }

    @AfterEach
    void countsAreExact() {
        assertThat(pool.checkedCount(1) + taker.packed.checkedCount(2)).isEqualTo(openRuns().size());
    }

    final boolean open() {
        return runs.openPackedRun(Temperature.HOT);
    }

    final int take(int count) {
        return take(count, 1);
    }

    final int take(int count, int alignment) {
        return (int) (pool.allocate(count, alignment, Holder.ADDRESS) >> 6);
    }

    final PackedRun runOf(int granule) {
        return new PackedRun(packed, Run.at(space, (long) granule << 6).firstPage);
    }

    final void free(int granule) {
        runs.release((long) granule << 6);
    }

    final void shrink(int granule, int byteSize) {
        runs.shrinkPacked((long) granule << 6, byteSize);
    }

    final List<PackedRun> openRuns() {
        return Run.open(space).stream().map(run -> new PackedRun(packed, run.firstPage)).toList();
    }

    final @Nullable PackedRun give(int length) {
        int run = pool.choose(length);
        assertThat(runs.givePackedRun(length, taker)).isEqualTo(run >= 0);
        return run < 0 ? null : new PackedRun(packed, run);
    }

    /** Takes a run back that {@link #give} has given. */
    final void takeBack(PackedRun run) {
        taker.packed.settle();
        taker.packed.remove(run.firstPage());
        space.lines.setOwner(run.firstPage(), 1);
        pool.add(run.firstPage());
    }

    final boolean isBesideHole(int granule, int count) {
        PackedRun run = runOf(granule);
        int first = run.at(granule % RUN);
        return pool.isBesideHole(run.firstPage(), run.words(), first, first + count);
    }

    final long holeCount() {
        return pool.holeCount;
    }

    final @Nullable PackedRun front() {
        return filled(pool.front);
    }

    final @Nullable PackedRun hole() {
        return filled(pool.hole);
    }

    private @Nullable PackedRun filled(Filling filling) {
        return filling.firstPage() < 0 ? null : new PackedRun(packed, filling.firstPage());
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
