package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Random blocks of a packed run against a map of them. */
class PackedRunModelTest {
    private final PackedRun run = Stores.packedRun(0);
    private final TreeMap<Integer, Block> model = new TreeMap<>();
    private final Stretches stretches = new Stretches();
    private boolean filling = true;

    private record Block(int count, Holder holder, boolean isParked) {}

    private record Stretch(int from, int length) {}

    @Seeded
    void randomStepsAgreeWithAMapOfBlocks(long seed) {
        Seeds.run(seed, 20_000, random -> {
            filling = random.nextInt(200) == 0 ? !filling : filling;
            if (random.nextInt(100) < (filling ? 65 : 35)) {
                allocate(random);
            } else if (!model.isEmpty()) {
                Integer near = model.floorKey(random.nextInt(PackedRun.GRANULE_COUNT));
                change(near == null ? model.firstKey() : near, random);
            }
            compare();
        });
    }

    private void change(int first, SplittableRandom random) {
        int kind = random.nextInt(4);
        if (kind == 0) {
            run.free(first, model.get(first).count());
            model.remove(first);
        } else if (model.get(first).isParked()) {
            unpark(first, random);
        } else if (kind == 1) {
            shrink(first, random);
        } else {
            park(first);
        }
    }

    private void park(int first) {
        Block block = model.get(first);
        Holder other = block.holder() == Holder.OBJECT ? Holder.ADDRESS : Holder.OBJECT;
        assertThat(run.find(first * 64, block.holder())).isEqualTo(first);
        assertThat(run.find(first * 64, other)).isEqualTo(FreeResult.HELD_OTHERWISE.code);
        assertThat(run.find((first + block.count() - 1) * 64, block.holder())).isEqualTo(FreeResult.INTERIOR.code);
        run.park(first);
        assertThat(run.granuleCountOf(first)).isEqualTo(block.count());
        model.put(first, new Block(block.count(), block.holder(), true));
        assertThat(run.find(first * 64, block.holder())).isEqualTo(FreeResult.NOT_LIVE.code);
        assertThat(run.find((first + 1) * 64, block.holder())).isEqualTo(FreeResult.NOT_LIVE.code);
    }

    private void unpark(int first, SplittableRandom random) {
        Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
        run.unpark(first, holder);
        model.put(first, new Block(model.get(first).count(), holder, false));
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
        run.readFree(stretches);
        run.noteLongestFree(stretches.longest());
    }

    private void shrink(int first, SplittableRandom random) {
        Block block = model.get(first);
        int bytes = random.nextInt(1, block.count() * 64 + 1);
        run.shrink(first, bytes);
        model.put(first, new Block(PackedRun.granuleCount(bytes), block.holder(), false));
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
        run.checkInvariants();
        int free = PackedRun.GRANULE_COUNT;
        int live = 0;
        int longest = 0;
        int from = 0;
        for (Map.Entry<Integer, Block> entry : model.entrySet()) {
            int first = entry.getKey();
            Block block = entry.getValue();
            longest = Math.max(longest, first - from);
            from = first + block.count();
            free -= block.isParked() ? 0 : block.count();
            live += block.isParked() ? 0 : 1;
            int found = block.isParked() ? -1 : first;
            boolean agrees = run.positionOf(first * 64) == found
                    && run.positionOf((from - 1) * 64 + 63) == found
                    && run.isLive(first) != block.isParked()
                    && !run.isFree(first) && !run.isFree(from - 1)
                    && run.startAt(first) == first * 64
                    && run.usableByteSize(first) == block.count() * 64
                    && run.holder(first) == block.holder();
            assertThat(agrees).as("block at granule %d: %s", first, block).isTrue();
            boolean nextIsFree = from < PackedRun.GRANULE_COUNT && !model.containsKey(from);
            assertThat(run.isFree(from)).as("granule %d", from).isEqualTo(nextIsFree);
            assertThat(nextIsFree && run.positionOf(from * 64) != -1).as("granule %d", from).isFalse();
        }
        assertThat(run.longestFree()).isEqualTo(Math.max(longest, PackedRun.GRANULE_COUNT - from));
        assertThat(run.liveBlockCount()).isEqualTo(live);
        assertThat(run.freeByteSize()).isEqualTo(free * 64);
        assertThat(run.isVacant()).isEqualTo(model.isEmpty());
    }
}
