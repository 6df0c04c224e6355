package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.Planted;
import dev.ashlar.buddy.SeededSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random steps of a pool against a map of its blocks and the rule that says where each must go. */
class PackedPoolModelTest {
    private final RunSpace space = Stores.space(3, Eraser.NONE);
    private final SlabOwner owner = Stores.owners(space, 2).common;
    private final PackedPool pool = new PackedPool(space);
    /** First granule in the span to count of granules. */
    private final TreeMap<Integer, Integer> model = new TreeMap<>();

    private final List<PackedRun> away = new ArrayList<>();
    private boolean filling = true;
    private int inFront;
    private int inHoles;

    static LongStream seeds() {
        return SeededSteps.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyBlockGoesWhereTheRuleSaysAndCountsAreExact(long seed) {
        SeededSteps.run(seed, 30_000, random -> {
            step(random);
            compare(random.nextInt(50) == 0);
        });
        if (inFront + inHoles > 10_000) {
            assertThat(List.of(inFront, inHoles)).as("placed in the front and in holes").allMatch(count -> count > 500);
        }
        away.forEach(pool::add);
        away.clear();
        assertThat(pool.checkedCount(owner)).isEqualTo(openRuns().size());
        while (!model.isEmpty()) {
            free(model.firstKey());
        }
        pool.releaseVacant();
        assertThat(openRuns()).isEmpty();
        assertThat(space.runs.freePageCount()).isEqualTo(512L * space.runs.committedRegionCount());
    }

    private void step(SplittableRandom random) {
        filling = random.nextInt(2000) == 0 ? !filling : filling;
        int kind = random.nextInt(1000);
        if (kind < (filling ? 600 : 400)) {
            allocate(random);
        } else if (kind < 900) {
            Integer near = model.floorKey(random.nextInt(3 * 512 * 64));
            if (near != null && !away.contains(runOf(near))) {
                free(near);
            }
        } else if (kind < 970) {
            shrink(random);
        } else if (kind < 980) {
            pool.renewFront();
        } else if (kind < 983) {
            pool.settleFront();
        } else if (kind < 986) {
            pool.releaseVacant();
            assertThat(openRuns()).as("vacant runs").noneMatch(run -> run.isVacant() && !away.contains(run));
        } else if (kind < 993) {
            giveAway(random);
        } else if (!away.isEmpty()) {
            pool.add(away.remove(random.nextInt(away.size())));
        }
    }

    private @Nullable PackedRun front() {
        return Planted.in(pool, "front", PackedRun.class);
    }

    private int frontField(String name) {
        return Planted.in(pool, name, Integer.class);
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

    /** {@return the longest free stretch of the run that the rule chooses, or -1} */
    private int tightest(int needed) {
        return openRuns().stream()
                .filter(run -> run != front() && !away.contains(run))
                .mapToInt(PackedRun::longestFree)
                .filter(longest -> longest >= needed)
                .min()
                .orElse(-1);
    }

    private void allocate(SplittableRandom random) {
        int count = random.nextInt(5) == 0 ? random.nextInt(2, 257) : random.nextInt(2, 24);
        int alignment = random.nextInt(3) == 0 ? 1 << random.nextInt(6) : 1;
        int frontFirst = Math.ceilDiv(frontField("frontNext"), alignment) * alignment;
        PackedRun front = front();
        boolean frontFits = front != null && frontFirst + count <= frontField("frontEnd");
        int tightest = tightest(count + alignment - 1);
        List<PackedRun> tight = openRuns().stream()
                .filter(run -> run != front && !away.contains(run) && run.longestFree() == tightest)
                .toList();
        boolean holesFirst = holes() > 64L * runsInPool();

        int first = (int) (pool.allocate(count, alignment, Holder.ADDRESS) >> 6);

        if (tightest >= 0 && (holesFirst || !frontFits)) {
            assertThat(tight).as("the run chosen").contains(runOf(first));
            inHoles++;
        } else if (front != null && frontFits) {
            assertThat(first).isEqualTo((front.firstPage() << 6) + frontFirst);
            inFront++;
        } else {
            assertThat(first).isEqualTo(-1);
            assertThat(pool.canHold(count + alignment - 1)).isFalse();
            if (!pool.open(owner)) {
                filling = false;
            }
            return;
        }
        assertThat(first % alignment).isZero();
        Map.Entry<Integer, Integer> below = model.lowerEntry(first + count);
        assertThat(below == null || below.getKey() + below.getValue() <= first).as("overlap with %s", below).isTrue();
        model.put(first, count);
    }

    private void free(int first) {
        PackedRun run = runOf(first);
        pool.free(run, first % PackedRun.GRANULE_COUNT);
        model.remove(first);
        assertThat(run.pageCount() == 0).as("closed").isEqualTo(run != front() && run.isVacant());
    }

    private void shrink(SplittableRandom random) {
        Map.Entry<Integer, Integer> near = model.floorEntry(random.nextInt(3 * 512 * 64));
        if (near != null && !away.contains(runOf(near.getKey()))) {
            int kept = random.nextInt(1, near.getValue() * 64 + 1);
            pool.shrink(runOf(near.getKey()), near.getKey() % PackedRun.GRANULE_COUNT, kept);
            model.put(near.getKey(), PackedRun.granuleCount(kept));
        }
    }

    private void giveAway(SplittableRandom random) {
        int length = random.nextInt(1, 200);
        int tightest = tightest(length);
        PackedRun given = pool.give(length);
        assertThat(given == null ? -1 : given.longestFree()).isEqualTo(tightest);
        if (given != null) {
            away.add(given);
        }
    }

    private long holes() {
        return openRuns().stream()
                .filter(run -> run != front() && !away.contains(run))
                .mapToLong(PackedRun::freeCount)
                .sum();
    }

    private long runsInPool() {
        return (long) openRuns().size() - away.size();
    }

    private void compare(boolean thoroughly) {
        assertThat(Planted.in(pool, "holeCount", Long.class)).as("holes").isEqualTo(holes());
        assertThat(Planted.in(pool, "runCount", Integer.class).longValue()).as("runs").isEqualTo(runsInPool());
        long taken = openRuns().stream().mapToLong(run -> PackedRun.GRANULE_COUNT - run.freeCount()).sum();
        assertThat(taken).as("granules taken").isEqualTo(model.values().stream().mapToLong(count -> count).sum());
        for (PackedRun run : openRuns()) {
            if (thoroughly && run != front()) {
                run.checkInvariants();
            }
        }
    }
}
