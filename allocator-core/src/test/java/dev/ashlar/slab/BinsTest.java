package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lists of slabs and packed runs, and the table of their numbers. */
class BinsTest {
    private final PackedBins packedBins = new PackedBins();
    private final SlabBin slabBin = new SlabBin();

    @Seeded
    void thePackedRunChosenIsOneWithTheShortestSufficientStretch(long seed) {
        List<PackedRun> model = new ArrayList<>();
        Seeds.run(seed, 20_000, random -> {
            if (model.isEmpty() || random.nextInt(model.size()) < 20) {
                PackedRun run = Stores.packedRun(model.size());
                int taken = random.nextInt(PackedRun.GRANULE_COUNT + 1);
                if (taken > 0) {
                    run.take(0, taken, Holder.ADDRESS);
                    run.noteLongestFree(PackedRun.GRANULE_COUNT - taken);
                }
                packedBins.add(run);
                model.add(run);
            } else {
                PackedRun run = model.remove(random.nextInt(model.size()));
                packedBins.remove(run, run.longestFree());
                assertThat(run.next).isNull();
                assertThat(run.previous).isNull();
            }
            int length = random.nextInt(1, PackedRun.GRANULE_COUNT + 1);
            int expected = model.stream().mapToInt(PackedRun::longestFree).filter(longest -> longest >= length).min()
                    .orElse(-1);
            PackedRun chosen = packedBins.choose(length);
            assertThat(chosen == null ? -1 : chosen.longestFree()).isEqualTo(expected);
            assertThat(chosen == null || model.contains(chosen)).isTrue();
        });
    }

    @Test
    void packedRunsOfOneLengthAreAllFound() {
        List<PackedRun> runs = List.of(Stores.packedRun(0), Stores.packedRun(1), Stores.packedRun(2));
        for (int removed = 0; removed < 3; removed++) {
            runs.forEach(packedBins::add);
            List<PackedRun> left = new ArrayList<>(runs);
            packedBins.remove(left.remove(removed), PackedRun.GRANULE_COUNT);
            while (!left.isEmpty()) {
                PackedRun chosen = packedBins.choose(1);
                assertThat(left.remove(chosen)).isTrue();
                packedBins.remove(chosen, PackedRun.GRANULE_COUNT);
            }
            assertThat(packedBins.choose(1)).isNull();
        }
    }

    @Test
    void slabsAreTakenFromAnywhereInTheirBin() {
        List<Slab> slabs = List.of(Stores.slab(0, 0), Stores.slab(1, 0), Stores.slab(2, 0));
        for (int removed = 0; removed < 3; removed++) {
            slabs.forEach(slabBin::add);
            List<Slab> left = new ArrayList<>(slabs);
            slabBin.remove(left.remove(removed));
            while (!left.isEmpty()) {
                Slab first = slabBin.first();
                assertThat(left.remove(first)).isTrue();
                slabBin.remove(first);
            }
            assertThat(slabBin.first()).isNull();
        }
    }

    @Test
    void cutRunsAreFoundByNumber() {
        CutRuns runs = new CutRuns();
        long before = runs.metadataByteSize();
        for (int number = 0; number < 100; number++) {
            assertThat(runs.nextNumber()).isEqualTo(number);
            runs.add(Stores.slab(number, 0));
        }
        for (int number = 0; number < 100; number++) {
            assertThat(runs.get(number).number).isEqualTo(number);
        }
        assertThat(runs.get(100)).isNull();
        assertThat(runs.get(1 << 28)).isNull();
        assertThat(runs.count()).isEqualTo(100);
        assertThat(runs.metadataByteSize()).isGreaterThan(before + 100 * Stores.slab(0, 0).metadataByteSize());
    }
}
