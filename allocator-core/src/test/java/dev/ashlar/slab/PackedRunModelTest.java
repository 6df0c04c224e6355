package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.SeededSteps;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random blocks of a packed run against a map of them. */
class PackedRunModelTest {
    private final PackedRun run = Stores.packedRun(0);
    private final TreeMap<Integer, Block> model = new TreeMap<>();
    private final Stretches stretches = new Stretches();
    private boolean filling = true;

    private record Block(int count, Holder holder) {}

    private record Stretch(int from, int length) {}

    static LongStream seeds() {
        return SeededSteps.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomStepsAgreeWithAMapOfBlocks(long seed) {
        SeededSteps.run(seed, 20_000, random -> {
            filling = random.nextInt(200) == 0 ? !filling : filling;
            if (random.nextInt(100) < (filling ? 65 : 35)) {
                allocate(random);
            } else if (!model.isEmpty()) {
                Integer near = model.floorKey(random.nextInt(PackedRun.GRANULE_COUNT));
                int first = near == null ? model.firstKey() : near;
                if (random.nextInt(3) == 0) {
                    shrink(first, random);
                } else {
                    run.free(first);
                    model.remove(first);
                }
            }
            compare();
        });
    }

    private void allocate(SplittableRandom random) {
        int count = random.nextInt(10) == 0 ? random.nextInt(1, 257) : random.nextInt(1, 24);
        int alignment = random.nextInt(3) == 0 ? 1 << random.nextInt(6) : 1;
        int needed = count + alignment - 1;
        Stretch best = bestStretch(needed);
        assertThat(run.longestFree() >= needed).isEqualTo(best != null);
        if (best == null) {
            return;
        }
        Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
        int expected = Math.ceilDiv(best.from(), alignment) * alignment;
        assertThat(run.allocate(count, alignment, holder, stretches)).isEqualTo(expected);
        model.put(expected, new Block(count, holder));
    }

    private void shrink(int first, SplittableRandom random) {
        Block block = model.get(first);
        int bytes = random.nextInt(1, block.count() * 64 + 1);
        run.shrink(first, bytes);
        model.put(first, new Block(Math.ceilDiv(bytes, 64), block.holder()));
    }

    /** {@return the shortest sufficient stretch, the first of equals, or null} */
    private Stretch bestStretch(int needed) {
        Stretch best = null;
        int from = 0;
        for (Map.Entry<Integer, Block> entry : model.entrySet()) {
            best = better(best, new Stretch(from, entry.getKey() - from), needed);
            from = entry.getKey() + entry.getValue().count();
        }
        return better(best, new Stretch(from, PackedRun.GRANULE_COUNT - from), needed);
    }

    private static Stretch better(Stretch best, Stretch other, int needed) {
        boolean suffices = other.length() >= needed;
        return suffices && (best == null || other.length() < best.length()) ? other : best;
    }

    private void compare() {
        run.checkInvariants();
        int free = PackedRun.GRANULE_COUNT;
        int longest = 0;
        int from = 0;
        for (Map.Entry<Integer, Block> entry : model.entrySet()) {
            int first = entry.getKey();
            int count = entry.getValue().count();
            longest = Math.max(longest, first - from);
            from = first + count;
            free -= count;
            boolean agrees = run.positionOf(first * 64) == first
                    && run.positionOf((from - 1) * 64 + 63) == first
                    && run.isLive(first)
                    && run.startAt(first) == first * 64
                    && run.usableByteSize(first) == count * 64
                    && run.holder(first) == entry.getValue().holder();
            assertThat(agrees).as("block at granule %d", first).isTrue();
            boolean nextIsFree = from < PackedRun.GRANULE_COUNT && !model.containsKey(from);
            assertThat(nextIsFree && run.positionOf(from * 64) != -1).as("granule %d", from).isFalse();
        }
        assertThat(run.longestFree()).isEqualTo(Math.max(longest, PackedRun.GRANULE_COUNT - from));
        assertThat(run.liveBlockCount()).isEqualTo(model.size());
        assertThat(run.freeByteSize()).isEqualTo(free * 64);
        assertThat(run.isVacant()).isEqualTo(model.isEmpty());
    }
}
