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
import org.junit.jupiter.api.BeforeEach;

/** Random steps of a pool against a map of its blocks and the rule that says where each must go. */
class PackedPoolModelTest extends PackedPoolFixture {
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

    @BeforeEach
    void startTheModelOfTheFront() {
        front = new FillingModel(front());
    }

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
        away.forEach(this::takeBack);
        away.clear();
        checkAll();
        while (!model.isEmpty()) {
            freeBlock(model.firstKey());
        }
        runs.releaseVacant();
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
                freeBlock(near);
            }
        } else if (kind < 980) {
            shrink(random);
        } else if (kind < 983) {
            renewFront();
        } else if (kind < 985) {
            pool.settle();
            endFillings();
        } else if (kind < 987) {
            runs.releaseVacant();
            endFillings();
            assertThat(openRuns()).as("vacant runs").noneMatch(run -> run.isVacant() && !away.contains(run));
        } else if (kind < 993) {
            giveAway(random);
        } else if (!away.isEmpty()) {
            takeBack(away.remove(random.nextInt(away.size())));
        }
    }

    private void endFillings() {
        front = null;
        hole = null;
    }

    private void checkAll() {
        int count = pool.checkedCount(1);
        endFillings();
        assertThat(count).isEqualTo((int) runsInPool());
    }

    private static @Nullable PackedRun runOf(@Nullable FillingModel filling) {
        return filling == null ? null : filling.run;
    }

    /** {@return the first granule of a block of this pool, half the time of a run that is being filled; or null} */
    private @Nullable Integer someBlock(SplittableRandom random) {
        PackedRun filled = random.nextBoolean() ? runOf(front) : runOf(hole);
        int from = 0;
        int to = 2 * 512 * 64;
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
        PackedRun run = front();
        int tightest = tightest(64);
        boolean holesAbound = openRuns().stream().filter(other -> !away.contains(other))
                .mapToLong(PackedRun::freeCount).sum() > 64 * runsInPool();
        assertThat(run != null).as("a front starts").isEqualTo(tightest >= 0 && !holesAbound);
        if (run != null) {
            assertThat(run.longestFree()).isEqualTo(tightest);
            front = new FillingModel(run);
        }
    }

    /** {@return the runs of this pool except the front's; only the hole's does not keep its longest stretch} */
    private List<PackedRun> candidates() {
        return openRuns().stream()
                .filter(run -> !run.equals(runOf(front)) && !away.contains(run))
                .toList();
    }

    private int longestFree(PackedRun run) {
        return run.equals(runOf(hole)) ? FillingModel.longestFree(run) : run.longestFree();
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

        int first = take(count, alignment);

        if (!goesToFront && !goesToHole) {
            hole = null;
        }
        if (goesToHole) {
            placed(hole, first, count, alignment);
            placedInHole++;
        } else if (tightest >= 0) {
            assertThat(tight).as("the run chosen").contains(runOf(first));
            // The block is placed already. Before that, its granules were free as well.
            hole = new FillingModel(runOf(first), first % RUN, count);
            placed(hole, first, count, alignment);
            chosenAsHole++;
        } else if (frontFits) {
            placed(front, first, count, alignment);
            placedInFront++;
        } else {
            assertThat(first).isEqualTo(-1);
            assertThat(pool.canHold(count + alignment - 1)).isFalse();
            openFront();
        }
    }

    private void openFront() {
        if (!open()) {
            growing = false;
            return;
        }
        endFillings();
        PackedRun run = front();
        assertThat(run).isNotNull();
        assertThat(run.isVacant()).isTrue();
        front = new FillingModel(run);
    }

    private void placed(FillingModel filling, int first, int count, int alignment) {
        assertThat(runOf(first)).isEqualTo(filling.run);
        filling.place(first % RUN, count, alignment);
        assertThat(filling.run.granuleCountOf(first % RUN)).isEqualTo(count);
        Map.Entry<Integer, Integer> below = model.lowerEntry(first + count);
        assertThat(below == null || below.getKey() + below.getValue() <= first).as("overlap with %s", below).isTrue();
        model.put(first, count);
    }

    private void noteChanged(PackedRun run) {
        changedInFront += run.equals(runOf(front)) ? 1 : 0;
        changedInHole += run.equals(runOf(hole)) ? 1 : 0;
        if (!run.equals(runOf(front)) && !run.equals(runOf(hole)) && openRuns().contains(run)) {
            run.check();
        }
    }

    private void freeBlock(int first) {
        PackedRun run = runOf(first);
        boolean isLast = run.freeCount() + model.remove(first) == RUN;
        free(first);
        noteChanged(run);
        boolean isClosed = isLast && !run.equals(runOf(front));
        assertThat(!openRuns().contains(run)).as("closed").isEqualTo(isClosed);
        hole = isClosed && run.equals(runOf(hole)) ? null : hole;
    }

    private void shrink(SplittableRandom random) {
        Integer first = someBlock(random);
        if (first != null) {
            int kept = random.nextInt(1, model.get(first) * 64 + 1);
            shrink(first, kept);
            model.put(first, PackedRuns.granuleCount(kept));
            noteChanged(runOf(first));
        }
    }

    private void giveAway(SplittableRandom random) {
        int length = random.nextInt(2, 200);
        int tightest = tightest(length);
        PackedRun given = give(length);
        hole = null;
        assertThat(given == null ? -1 : given.longestFree()).isEqualTo(tightest);
        if (given != null) {
            given.check();
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
        assertThat(pool.byteSize()).as("bytes of runs").isEqualTo(runsInPool() << 16);
        assertThat(front()).as("front").isEqualTo(runOf(front));
        assertThat(hole()).as("hole").isEqualTo(runOf(hole));
        long taken = openRuns().stream().mapToLong(run -> PackedRun.GRANULE_COUNT - run.freeCount()).sum();
        assertThat(taken).as("granules taken").isEqualTo(model.values().stream().mapToLong(count -> count).sum());
        int length = random.nextInt(2, 300);
        boolean canHold = (front != null && front.canHold(length))
                || (hole != null && hole.canHold(length))
                || candidates().stream().anyMatch(run -> !run.equals(runOf(hole)) && run.longestFree() >= length);
        assertThat(pool.canHold(length)).as("can hold %d", length).isEqualTo(canHold);
    }
}
