package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Random blocks of a packed run against a map of them. The runs beside it are full, and stay unchanged. */
class PackedRunsModelTest {
    private final RunSpace space = Stores.space(1, Eraser.NONE);
    private final PackedRun before = PackedRun.open(space);
    private final PackedRun run = PackedRun.open(space);
    private final PackedRun after = PackedRun.open(space);
    private final TreeMap<Integer, Block> model = new TreeMap<>();
    private final Stretches stretches = new Stretches();
    private boolean filling = true;

    private record Block(int count, Holder holder, boolean isParked) {}

    private record Stretch(int from, int length) {}

    @Seeded
    void randomStepsAgreeWithAMapOfBlocks(long seed) {
        before.take(0, PackedRun.GRANULE_COUNT, Holder.OBJECT);
        after.take(0, PackedRun.GRANULE_COUNT, Holder.ADDRESS);
        Seeds.run(seed, 20_000, random -> {
            filling = random.nextInt(200) == 0 ? !filling : filling;
            if (random.nextInt(100) < (filling ? 65 : 35)) {
                allocate(random);
            } else if (!model.isEmpty()) {
                Integer near = model.floorKey(random.nextInt(PackedRun.GRANULE_COUNT));
                change(near == null ? model.firstKey() : near, random);
            }
            if (random.nextInt(500) == 0) {
                space.lines.setFirst(run.firstPage(), space.lines.first(run.firstPage()) ^ 0x1234L << 32);
                run.packed().rebuild(run.firstPage(), space);
                model.values().removeIf(Block::isParked);
            }
            compare();
        });
        assertThat(before.granuleCountOf(0)).isEqualTo(PackedRun.GRANULE_COUNT);
        assertThat(after.granuleCountOf(0)).isEqualTo(PackedRun.GRANULE_COUNT);
    }

    private void change(int first, SplittableRandom random) {
        Block block = model.get(first);
        int kind = random.nextInt(4);
        if (kind == 0) {
            run.free(first);
            model.remove(first);
        } else if (block.isParked()) {
            run.unpark(first);
            model.put(first, new Block(block.count(), block.holder(), false));
        } else if (kind == 1) {
            int bytes = random.nextInt(1, block.count() * 64 + 1);
            run.shrink(first, bytes);
            model.put(first, new Block(PackedRuns.granuleCount(bytes), block.holder(), false));
        } else {
            run.park(first);
            model.put(first, new Block(block.count(), block.holder(), true));
        }
    }

    private void allocate(SplittableRandom random) {
        int count = random.nextInt(10) == 0 ? random.nextInt(2, 257) : random.nextInt(2, 24);
        int alignment = random.nextInt(3) == 0 ? 1 << random.nextInt(6) : 1;
        List<Stretch> sufficing = freeStretches().stream()
                .filter(stretch -> stretch.length() >= count + alignment - 1)
                .toList();
        assertThat(run.longestFree() >= count + alignment - 1).isEqualTo(!sufficing.isEmpty());
        if (sufficing.isEmpty()) {
            return;
        }
        Stretch chosen = sufficing.get(random.nextInt(sufficing.size()));
        int earliest = Math.ceilDiv(chosen.from(), alignment);
        int latest = (chosen.from() + chosen.length() - count) / alignment;
        int first = random.nextInt(earliest, latest + 1) * alignment;
        Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
        run.take(first, count, holder);
        model.put(first, new Block(count, holder, false));
        run.packed().readFree(run.firstPage(), stretches);
        run.setLongestFree(stretches.longest());
    }

    private List<Stretch> freeStretches() {
        List<Stretch> free = new ArrayList<>();
        int from = 0;
        for (Map.Entry<Integer, Block> entry : model.entrySet()) {
            free.add(new Stretch(from, entry.getKey() - from));
            from = entry.getKey() + entry.getValue().count();
        }
        free.add(new Stretch(from, PackedRun.GRANULE_COUNT - from));
        return free;
    }

    private void compare() {
        run.check();
        int free = PackedRun.GRANULE_COUNT;
        int parked = 0;
        int longest = 0;
        int from = 0;
        for (Map.Entry<Integer, Block> entry : model.entrySet()) {
            int first = entry.getKey();
            Block block = entry.getValue();
            longest = Math.max(longest, first - from);
            from = first + block.count();
            free -= block.count();
            parked += block.isParked() ? block.count() : 0;
            boolean agrees = run.startOf(first) == first
                    && run.startOf(from - 1) == first
                    && run.isLive(first) != block.isParked()
                    && !run.isFree(first) && !run.isFree(from - 1)
                    && run.granuleCountOf(first) == block.count()
                    && run.holder(first) == block.holder();
            assertThat(agrees).as("block at granule %d: %s", first, block).isTrue();
            boolean nextIsFree = from < PackedRun.GRANULE_COUNT && !model.containsKey(from);
            assertThat(run.isFree(from)).as("granule %d", from).isEqualTo(nextIsFree);
            assertThat(nextIsFree && run.startOf(from) != -1).as("granule %d", from).isFalse();
        }
        assertThat(run.longestFree()).isEqualTo(Math.max(longest, PackedRun.GRANULE_COUNT - from));
        assertThat(run.freeCount()).isEqualTo(free);
        assertThat(run.packed().parkedGranuleCount(run.firstPage())).isEqualTo(parked);
        assertThat(run.isVacant()).isEqualTo(model.isEmpty());
    }
}
