package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Compares the free stretches of random bitmaps with a list of all of them. */
class StretchesTest {
    private static final int COUNT = PackedRuns.GRANULE_COUNT;
    /** The position of the first granule of the run: not the first of its region. */
    private static final int FIRST = 3 * 64;

    private final Stretches stretches = new Stretches();
    private final BitSet occupied = new BitSet(COUNT);

    private record Stretch(int from, int to) {
        int length() {
            return to - from;
        }
    }

    @Seeded
    void aSufficientStretchIsFoundIfThereIsOne(long seed) {
        Seeds.run(seed, 50_000, random -> {
            occupy(random);
            List<Stretch> model = read(random);
            while (!model.isEmpty() && random.nextInt(8) > 0) {
                useUp(random, model);
            }
        });
    }

    /**
     * Makes blocks of valid lengths, and stretches that begin and end at or near the edges of words, up to whole words
     * and the whole run.
     */
    private void occupy(SplittableRandom random) {
        occupied.clear();
        int longestPart = 1 << random.nextInt(1, 11);
        boolean isOccupied = random.nextBoolean();
        for (int from = 0; from < COUNT; isOccupied = !isOccupied) {
            int least = isOccupied ? PackedRuns.LEAST_GRANULE_COUNT : 1;
            int to = Math.min(COUNT, from + random.nextInt(least, longestPart + 1));
            if (random.nextInt(4) == 0) {
                to = Math.min(COUNT, (to | 63) + 1);
            }
            occupied.set(from, to, isOccupied);
            from = to;
        }
    }

    private static int needed(SplittableRandom random) {
        return random.nextBoolean() ? random.nextInt(1, 20) : random.nextInt(1, COUNT + 2);
    }

    private List<Stretch> read(SplittableRandom random) {
        // The other words of the lines, and the lines around the run, say nothing of its granules.
        long[] words = random.longs((FIRST + COUNT + 64) / 8).toArray();
        for (int granule = FIRST; granule < FIRST + COUNT; granule += BlockBits.POSITIONS_PER_LINE) {
            words[BlockBits.lineOf(granule)] = 0;
            words[BlockBits.lineOf(granule) + 1] = 0;
        }
        occupied.stream().map(granule -> FIRST + granule).forEach(granule -> {
            words[BlockBits.lineOf(granule) + random.nextInt(2)] |= BlockBits.bit(granule);
        });
        stretches.read(words, FIRST, FIRST + COUNT);

        List<Stretch> model = new ArrayList<>();
        for (int from = occupied.nextClearBit(0); from < COUNT; from = occupied.nextClearBit(endOf(from))) {
            model.add(new Stretch(FIRST + from, FIRST + endOf(from)));
        }
        compare(random, model);
        return model;
    }

    /** Removes a sufficient stretch, and puts back its rest before and after a block. */
    private void useUp(SplittableRandom random, List<Stretch> model) {
        int index = stretches.choose(needed(random));
        if (index >= 0) {
            Stretch taken = new Stretch(stretches.start(index), stretches.end(index));
            int length = random.nextInt(PackedRuns.LEAST_GRANULE_COUNT, taken.length() + 1);
            int first = taken.from + random.nextInt(taken.length() - length + 1);
            stretches.remove(index);
            assertThat(model.remove(taken)).as("%s is free", taken).isTrue();
            for (Stretch rest : List.of(new Stretch(taken.from, first), new Stretch(first + length, taken.to))) {
                stretches.add(rest.from, rest.to);
                model.add(rest);
            }
        }
        compare(random, model);
    }

    /** Stretches too short for a block count only if no longer stretch is left. */
    private void compare(SplittableRandom random, List<Stretch> model) {
        int longest = model.stream().mapToInt(Stretch::length).max().orElse(0);
        assertThat(stretches.longest()).as("longest").isEqualTo(longest);
        int needed = Math.max(PackedRuns.LEAST_GRANULE_COUNT, needed(random));
        int chosen = stretches.choose(needed);
        assertThat(chosen >= 0).as("a stretch of %d is found", needed).isEqualTo(longest >= needed);
        if (chosen >= 0) {
            Stretch found = new Stretch(stretches.start(chosen), stretches.end(chosen));
            assertThat(found.length()).isGreaterThanOrEqualTo(needed);
            assertThat(model).contains(found);
        }
    }

    private int endOf(int from) {
        int end = occupied.nextSetBit(from);
        return end < 0 ? COUNT : end;
    }

    private List<Stretch> drained() {
        List<Stretch> all = new ArrayList<>();
        for (int index = stretches.choose(1); index >= 0; index = stretches.choose(1)) {
            all.add(new Stretch(stretches.start(index), stretches.end(index)));
            stretches.remove(index);
        }
        return all;
    }

    @Seeded
    void everyStretchWithRoomForABlockIsReadOnce(long seed) {
        Seeds.run(seed, 20_000, random -> {
            occupy(random);
            List<Stretch> model = read(random);
            model.removeIf(stretch -> stretch.length() < PackedRuns.LEAST_GRANULE_COUNT);
            assertThat(drained()).containsExactlyInAnyOrderElementsOf(model);
        });
    }

    @Test
    void anEmptyAndAFullRunAreRead() {
        SplittableRandom random = new SplittableRandom(1);
        occupied.clear();
        read(random);
        assertThat(drained()).containsExactly(new Stretch(FIRST, FIRST + COUNT));
        occupied.set(0, COUNT);
        read(random);
        assertThat(drained()).isEmpty();
    }

    @Test
    void thereIsRoomForEveryStretchThatARunCanHave() {
        occupied.clear();
        for (int first = 2; first < COUNT; first += 4) {
            occupied.set(first, first + PackedRuns.LEAST_GRANULE_COUNT);
        }
        read(new SplittableRandom(1));
        assertThat(drained()).hasSize(COUNT / 4);
    }

    @Test
    void clearedStretchesAreGone() {
        stretches.add(3, 4);
        stretches.add(6, 90);
        assertThat(stretches.longest()).isEqualTo(84);
        stretches.clear();
        assertThat(stretches.longest()).isZero();
        assertThat(stretches.choose(1)).isEqualTo(-1);
    }
}
