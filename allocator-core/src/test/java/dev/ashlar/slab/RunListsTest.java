package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.memory.Temperature;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Lists of runs, and the bins of packed runs by their longest free stretch. */
class RunListsTest {
    private static final int RUN_COUNT = 3 * 32;

    private final RunSpace space = Stores.space(3, Eraser.NONE);
    private final PackedRuns packed = new PackedRuns(space.lines);
    private final List<Integer> runs = new ArrayList<>();

    private List<Integer> openRuns() {
        while (runs.size() < RUN_COUNT) {
            runs.add(space.openPackedRun(1, Temperature.HOT));
        }
        return runs;
    }

    private static int removeAny(List<Integer> from, SplittableRandom random) {
        int index = random.nextInt(from.size());
        int any = from.get(index);
        from.set(index, from.getLast());
        from.removeLast();
        return any;
    }

    @Seeded
    void listsAgreeWithDeques(long seed) {
        RunLists lists = new RunLists(space.lines, 3);
        List<Deque<Integer>> model = List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
        List<Integer> outside = openRuns();
        Seeds.run(seed, 20_000, random -> {
            int list = random.nextInt(3);
            if (!outside.isEmpty() && random.nextBoolean()) {
                int run = removeAny(outside, random);
                lists.add(list, run);
                model.get(list).addFirst(run);
            } else if (!model.get(list).isEmpty()) {
                int run = new ArrayList<>(model.get(list)).get(random.nextInt(model.get(list).size()));
                lists.remove(list, run);
                model.get(list).remove(run);
                outside.add(run);
            }
            int[] expected = model.get(list).stream().mapToInt(run -> run).toArray();
            assertThat(lists.checked(list)).isEqualTo(expected);
            assertThat(lists.first(list)).isEqualTo(expected.length == 0 ? RunLists.NONE : expected[0]);
            if (expected.length > 0) {
                assertThat(lists.isOnly(list, expected[0])).isEqualTo(expected.length == 1);
            }
        });
    }

    @Seeded
    void thePackedRunChosenIsOneWithTheShortestSufficientStretch(long seed) {
        PackedBins bins = new PackedBins(packed);
        List<Integer> inside = new ArrayList<>();
        List<Integer> outside = openRuns();
        Seeds.run(seed, 20_000, random -> {
            if (inside.isEmpty() || (!outside.isEmpty() && random.nextBoolean())) {
                int run = removeAny(outside, random);
                packed.setLongestFree(run, random.nextInt(PackedRuns.GRANULE_COUNT + 1));
                bins.add(run);
                inside.add(run);
            } else {
                int run = removeAny(inside, random);
                bins.remove(run, packed.longestFree(run));
                outside.add(run);
            }
            int length = random.nextInt(1, PackedRuns.GRANULE_COUNT + 1);
            int expected = inside.stream().mapToInt(packed::longestFree).filter(longest -> longest >= length).min()
                    .orElse(-1);
            int chosen = bins.choose(length);
            assertThat(chosen < 0 ? -1 : packed.longestFree(chosen)).isEqualTo(expected);
            assertThat(chosen < 0 || inside.contains(chosen)).isTrue();
            assertThat(bins.checked()).hasSize(inside.size());
        });
        bins.clear();
        assertThat(bins.choose(1)).isEqualTo(RunLists.NONE);
    }

    @Test
    void packedRunsOfOneLengthAreAllFound() {
        PackedBins bins = new PackedBins(packed);
        List<Integer> three = openRuns().subList(0, 3);
        for (int removed = 0; removed < 3; removed++) {
            three.forEach(bins::add);
            Set<Integer> left = new HashSet<>(three);
            left.remove(three.get(removed));
            bins.remove(three.get(removed), PackedRuns.GRANULE_COUNT);
            while (!left.isEmpty()) {
                Integer chosen = bins.choose(1);
                assertThat(left.remove(chosen)).isTrue();
                bins.remove(chosen, PackedRuns.GRANULE_COUNT);
            }
            assertThat(bins.choose(1)).isEqualTo(RunLists.NONE);
        }
    }
}
