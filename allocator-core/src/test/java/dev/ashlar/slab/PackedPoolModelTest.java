package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Random steps of a pool against a map of its blocks and the rule that says where each must go. */
class PackedPoolModelTest {
    private final RunSpace space = Stores.space(3, Eraser.NONE);
    private final SlabOwner owner = Stores.owners(space, 2).common;
    private final PackedPool pool = new PackedPool(space);
    /** First granule in the span to count of granules. */
    private final TreeMap<Integer, Integer> model = new TreeMap<>();

    private final List<PackedRun> away = new ArrayList<>();
    private @Nullable FillingModel front;
    private @Nullable FillingModel hole;
    private boolean growing = true;
    private int placedInFront;
    private int placedInHole;
    private int chosenAsHole;
    private int changedInFront;
    private int changedInHole;

    @Seeded
    void everyBlockGoesWhereTheRuleSaysAndCountsAreExact(long seed) {
        Seeds.run(seed, 30_000, random -> {
            step(random);
            compare(random);
            if (random.nextInt(100) == 0) {
                checkAll();
            }
        });
        List<Integer> counts =
                List.of(placedInFront, placedInHole, chosenAsHole, changedInFront, changedInHole);
        if (Seeds.isFixed(seed)) {
            assertThat(counts).as("placed in front, hole, as hole; freed in front, hole")
                    .allMatch(count -> count > 300);
        }
        away.forEach(pool::add);
        away.clear();
        checkAll();
        while (!model.isEmpty()) {
            free(model.firstKey());
        }
        pool.releaseVacant();
        assertThat(openRuns()).isEmpty();
        assertThat(space.runs.freePageCount()).isEqualTo(512L * space.runs.committedRegionCount());
    }

    private void step(SplittableRandom random) {
        growing = random.nextInt(2000) == 0 ? !growing : growing;
        int kind = random.nextInt(1000);
        if (kind < (growing ? 600 : 400)) {
            allocate(random);
        } else if (kind < 900) {
            Integer near = someBlock(random);
            if (near != null) {
                free(near);
            }
        } else if (kind < 980) {
            shrink(random);
        } else if (kind < 983) {
            renewFront();
        } else if (kind < 985) {
            pool.settle();
            endFillings();
        } else if (kind < 987) {
            pool.releaseVacant();
            endFillings();
            assertThat(openRuns()).as("vacant runs").noneMatch(run -> run.isVacant() && !away.contains(run));
        } else if (kind < 993) {
            giveAway(random);
        } else if (!away.isEmpty()) {
            pool.add(away.remove(random.nextInt(away.size())));
        }
    }

    private void endFillings() {
        front = null;
        hole = null;
    }

    private void checkAll() {
        int count = pool.checkedCount(owner);
        endFillings();
        assertThat(count).isEqualTo((int) runsInPool());
        openRuns().forEach(CutRun::checkInvariants);
    }

    private static @Nullable PackedRun runOf(@Nullable FillingModel filling) {
        return filling == null ? null : filling.run;
    }

    /** {@return the first granule of a block of this pool, half the time of a run that is being filled; or null} */
    private @Nullable Integer someBlock(SplittableRandom random) {
        PackedRun filled = random.nextBoolean() ? runOf(front) : runOf(hole);
        int from = 0;
        int to = 3 * 512 * 64;
        if (filled != null && random.nextBoolean()) {
            from = filled.firstPage() << 6;
            to = from + PackedRun.GRANULE_COUNT;
        }
        Integer near = model.floorKey(random.nextInt(from, to));
        return near == null || away.contains(runOf(near)) ? null : near;
    }

    private void renewFront() {
        pool.renewFront();
        endFillings();
        // No block has been placed since, so the stretches are still as free as at the start.
        PackedRun run = pool.front.run();
        int tightest = tightest(64);
        boolean holesAbound = openRuns().stream().filter(other -> !away.contains(other))
                .mapToLong(PackedRun::freeCount).sum() > 64 * runsInPool();
        assertThat(run != null).as("a front starts").isEqualTo(tightest >= 0 && !holesAbound);
        if (run != null) {
            assertThat(run.longestFree()).isEqualTo(tightest);
            front = new FillingModel(run);
        }
    }

    private PackedRun runOf(int granule) {
        CutRun run = space.cutRunAt((long) granule << 6);
        assertThat(run).isInstanceOf(PackedRun.class);
        return (PackedRun) run;
    }

    private List<PackedRun> openRuns() {
        List<PackedRun> runs = new ArrayList<>();
        for (int number = 0; number < space.cutRuns.count(); number++) {
            if (space.cutRuns.get(number) instanceof PackedRun run && run.pageCount() > 0) {
                runs.add(run);
            }
        }
        return runs;
    }

    /** {@return the runs of this pool except the front's; only the hole's does not keep its longest stretch} */
    private List<PackedRun> candidates() {
        return openRuns().stream()
                .filter(run -> run != runOf(front) && !away.contains(run))
                .toList();
    }

    private int longestFree(PackedRun run) {
        return run == runOf(hole) ? FillingModel.longestFree(run) : run.longestFree();
    }

    /** {@return the longest free stretch of the run that the rule chooses, or -1} */
    private int tightest(int needed) {
        return candidates().stream()
                .mapToInt(this::longestFree)
                .filter(longest -> longest >= needed)
                .min()
                .orElse(-1);
    }

    private void allocate(SplittableRandom random) {
        int count = random.nextInt(5) == 0 ? random.nextInt(2, 257) : random.nextInt(2, 24);
        int alignment = random.nextInt(3) == 0 ? 1 << random.nextInt(6) : 1;
        boolean holesFirst = holes() > 64L * runsInPool();
        boolean frontFits = front != null && front.fits(count, alignment);
        boolean goesToFront = frontFits && !holesFirst;
        boolean goesToHole = !goesToFront && hole != null && hole.fits(count, alignment);
        // If the hole that is being filled does not suffice, its run returns to the bins.
        int tightest = goesToFront || goesToHole ? -1 : tightest(count + alignment - 1);
        List<PackedRun> tight = tightest < 0
                ? List.of()
                : candidates().stream().filter(run -> longestFree(run) == tightest).toList();

        int first = pool.allocate(count, alignment, Holder.ADDRESS);

        if (!goesToFront && !goesToHole) {
            hole = null;
        }
        if (goesToHole) {
            hole.place(first, count, alignment);
            placed(hole, first, count);
            placedInHole++;
        } else if (tightest >= 0) {
            assertThat(tight).as("the run chosen").contains(pool.placedIn());
            // The block is placed already. Before that, its granules were free as well.
            hole = new FillingModel(pool.placedIn(), first, count);
            hole.place(first, count, alignment);
            placed(hole, first, count);
            chosenAsHole++;
        } else if (frontFits) {
            front.place(first, count, alignment);
            placed(front, first, count);
            placedInFront++;
        } else {
            assertThat(first).isEqualTo(-1);
            assertThat(pool.canHold(count + alignment - 1)).isFalse();
            open();
        }
    }

    private void open() {
        if (!pool.open(owner)) {
            growing = false;
            return;
        }
        endFillings();
        PackedRun run = pool.front.run();
        assertThat(run).isNotNull();
        assertThat(run.isVacant()).isTrue();
        front = new FillingModel(run);
    }

    private void placed(FillingModel filling, int inRun, int count) {
        assertThat(pool.placedIn()).isSameAs(filling.run);
        assertThat(filling.run.granuleCountOf(inRun)).isEqualTo(count);
        int first = (filling.run.firstPage() << 6) + inRun;
        Map.Entry<Integer, Integer> below = model.lowerEntry(first + count);
        assertThat(below == null || below.getKey() + below.getValue() <= first).as("overlap with %s", below).isTrue();
        model.put(first, count);
    }

    private void noteChanged(PackedRun run) {
        changedInFront += run == runOf(front) ? 1 : 0;
        changedInHole += run == runOf(hole) ? 1 : 0;
        if (run != runOf(front) && run != runOf(hole) && run.pageCount() > 0) {
            run.checkInvariants();
        }
    }

    private void free(int first) {
        PackedRun run = runOf(first);
        pool.free(run, first % PackedRun.GRANULE_COUNT, model.remove(first));
        noteChanged(run);
        boolean isClosed = run != runOf(front) && run.isVacant();
        assertThat(run.pageCount() == 0).as("closed").isEqualTo(isClosed);
        hole = isClosed && run == runOf(hole) ? null : hole;
    }

    private void shrink(SplittableRandom random) {
        Integer first = someBlock(random);
        if (first != null) {
            int kept = random.nextInt(1, model.get(first) * 64 + 1);
            pool.shrink(runOf(first), first % PackedRun.GRANULE_COUNT, kept);
            model.put(first, PackedRun.granuleCount(kept));
            noteChanged(runOf(first));
        }
    }

    private void giveAway(SplittableRandom random) {
        int length = random.nextInt(2, 200);
        int tightest = tightest(length);
        PackedRun given = pool.give(length);
        hole = null;
        assertThat(given == null ? -1 : given.longestFree()).isEqualTo(tightest);
        if (given != null) {
            given.checkInvariants();
            away.add(given);
        }
    }

    private long holes() {
        return candidates().stream().mapToLong(PackedRun::freeCount).sum();
    }

    private long runsInPool() {
        return (long) openRuns().size() - away.size();
    }

    private void compare(SplittableRandom random) {
        assertThat(pool.holeCount).as("holes").isEqualTo(holes());
        assertThat((long) pool.runCount).as("runs").isEqualTo(runsInPool());
        assertThat(pool.front.run()).as("front").isSameAs(runOf(front));
        assertThat(pool.hole.run()).as("hole").isSameAs(runOf(hole));
        long taken = openRuns().stream().mapToLong(run -> PackedRun.GRANULE_COUNT - run.freeCount()).sum();
        assertThat(taken).as("granules taken").isEqualTo(model.values().stream().mapToLong(count -> count).sum());
        int length = random.nextInt(2, 300);
        boolean canHold = (front != null && front.canHold(length))
                || (hole != null && hole.canHold(length))
                || candidates().stream().anyMatch(run -> run != runOf(hole) && run.longestFree() >= length);
        assertThat(pool.canHold(length)).as("can hold %d", length).isEqualTo(canHold);
    }
}
