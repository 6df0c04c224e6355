package dev.ashlar.bench.designs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.designs.PlacementDesign.CommitUnit;
import dev.ashlar.memory.Memory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random blocks in every design against a map of what is live: where it may lie, and what may be committed for it. */
final class PlacementModelTest {

    private static final int STEP_COUNT = 20_000;
    private static final int REGION = PlacementDesign.REGION_BYTE_SIZE;
    private static final int PAGE = PlacementDesign.PAGE_BYTE_SIZE;

    private final TreeMap<Long, Long> live = new TreeMap<>();
    private int liveCountAimedAt = 2_000;

    static Stream<Arguments> designsAndSeeds() {
        long[] seeds = Seeds.fixedAndFresh().toArray();
        return Stream.of(Design.values())
                .flatMap(design -> LongStream.of(seeds).mapToObj(seed -> Arguments.of(design, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("designsAndSeeds")
    void blocksNeverOverlapAndMemoryFollowsThem(Design kind, long seed) {
        try (PlacementDesign design = kind.on(Ground.of(Memory.SMALL))) {
            Seeds.run(seed, random -> steps(kind, design, random));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void ourMemoryForDataIsHeldToTheSame(long seed) {
        try (PlacementDesign design = DataPlacement.on(Ground.of(Memory.SMALL))) {
            Seeds.run(seed, random -> steps(Design.BUDDY_AND_SLAB, design, random));
        }
    }

    static LongStream seeds() {
        return Seeds.fixedAndFresh();
    }

    private void steps(Design kind, PlacementDesign design, SplittableRandom random) {
        for (int step = 0; step < STEP_COUNT; step++) {
            if (random.nextInt(4_000) == 0) {
                liveCountAimedAt = random.nextInt(1, 4_000);
            }
            if (live.size() < random.nextInt(2 * liveCountAimedAt)) {
                allocate(design, byteSize(random));
            } else {
                free(design, random);
            }
            if (random.nextInt(400) == 0) {
                compare(kind, design);
            }
        }
        int highWater = live.size();
        while (!live.isEmpty()) {
            free(design, random);
        }
        assertThat(highWater).as("blocks live in the end, so that there was something to free").isPositive();
        freesMerge(kind, design);
    }

    private static long byteSize(SplittableRandom random) {
        int kind = random.nextInt(1_000);
        if (kind == 0) {
            return random.nextInt(1, 3 * REGION);
        }
        return kind < 30 ? random.nextInt(1, 200_000) : random.nextInt(1, 6_000);
    }

    private void allocate(PlacementDesign design, long byteSize) {
        long offset = design.allocate(byteSize);
        Map.Entry<Long, Long> below = live.lowerEntry(offset + byteSize);
        assertThat(below == null || below.getKey() + below.getValue() <= offset)
                .as("%d bytes at %d, beside %s", byteSize, offset, below).isTrue();
        assertThat(offset).isNotNegative();
        live.put(offset, byteSize);
    }

    private void free(PlacementDesign design, SplittableRandom random) {
        Long near = live.floorKey(random.nextLong((long) Ground.REGION_COUNT_MAX * REGION / 64));
        if (near == null && !live.isEmpty()) {
            near = live.firstKey();
        }
        if (near != null) {
            design.free(near, live.remove(near));
        }
    }

    private void compare(Design kind, PlacementDesign design) {
        design.checkInvariants();
        BitSet regions = touched(REGION, 1);
        if (design.commitUnit() == CommitUnit.REGION) {
            long committed = design.committedByteSize() / REGION;
            if (kind != Design.BUDDY_AND_SLAB) {
                assertThat(committed).as("one empty region is kept at most")
                        .isBetween((long) regions.cardinality(), regions.cardinality() + 1L);
            }
            design.trim();
        }
        Footprint footprint = design.footprint();
        assertThat(footprint.committedByteSize()).isEqualTo(design.committedByteSize());
        BitSet pages = touched(PAGE, 1);
        switch (kind) {
            case MAPPING_PER_BLOCK -> {
                assertThat(footprint.committedByteSize()).isEqualTo((long) pages.cardinality() * PAGE);
                assertThat(footprint.vmas()).isEqualTo(stretches(pages));
                assertThat(footprint.regions()).isEqualTo(regions.cardinality());
            }
            case BUDDY_AND_SLAB -> {
                assertThat(footprint.committedByteSize()).isEqualTo((long) regions.cardinality() * REGION);
                assertThat(footprint.regions()).isEqualTo(regions.cardinality());
                assertThat(footprint.vmas()).isEqualTo(stretches(regions));
                assertThat(footprint.heldByteSize()).isGreaterThanOrEqualTo((long) pages.cardinality() * PAGE);
            }
            default -> {
                assertThat(footprint.committedByteSize()).isEqualTo((long) regions.cardinality() * REGION);
                assertThat(footprint.regions()).isEqualTo(regions.cardinality());
                assertThat(footprint.vmas()).isEqualTo(stretches(regions));
                assertThat(footprint.heldByteSize()).isEqualTo(heldByteSize(kind));
            }
        }
        assertThat(footprint.metadataByteSize()).isPositive();
    }

    /** {@return bytes of the pages that the places of live blocks touch, by the rule of each design} */
    private long heldByteSize(Design kind) {
        BitSet pages = switch (kind) {
            case BUDDY_FROM_PAGES -> touched(PAGE, PAGE, true);
            case BUDDY_FROM_GRANULES -> touched(PAGE, 64, true);
            default -> touched(PAGE, 64, false);
        };
        if (kind != Design.RANGE_TREE_OF_PAGES && kind != Design.RANGE_TREE && kind != Design.RANGE_TREE_BY_ADDRESS
                && kind != Design.RANGE_TREE_BEST_FIT) {
            // Blocks longer than a region have theirs for themselves.
            live.forEach((offset, byteSize) -> {
                if (byteSize > REGION) {
                    pages.set((int) (offset / PAGE), (int) (offset / PAGE) + ceil(byteSize, REGION) * 512);
                }
            });
        }
        return (long) pages.cardinality() * PAGE;
    }

    private BitSet touched(int unit, int granule) {
        return touched(unit, granule, false);
    }

    private BitSet touched(int unit, int granule, boolean powerOfTwo) {
        BitSet units = new BitSet();
        live.forEach((offset, byteSize) -> {
            long length = (long) ceil(byteSize, granule) * granule;
            if (powerOfTwo && byteSize <= REGION) {
                length = Math.max(granule, Long.highestOneBit(2 * length - 1));
            }
            units.set((int) (offset / unit), ceil(offset + length, unit));
        });
        return units;
    }

    private static int ceil(long bytes, int unit) {
        return Math.toIntExact(Math.ceilDiv(bytes, unit));
    }

    private static int stretches(BitSet bits) {
        return (int) bits.stream().filter(bit -> bit == 0 || !bits.get(bit - 1)).count();
    }

    private static void freesMerge(Design kind, PlacementDesign design) {
        if (kind == Design.BUDDY_AND_SLAB) {
            // Ours keeps a thread's last slab of each class until then.
            design.trim();
        }
        if (design.commitUnit() == CommitUnit.REGION) {
            assertThat(design.committedByteSize()).as("at most one empty region is kept").isLessThanOrEqualTo(REGION);
        }
        long offset = design.allocate(REGION);
        assertThat(design.committedByteSize()).as("all that was freed is one place again").isEqualTo(REGION);
        design.free(offset, REGION);
        design.trim();
        assertThat(design.committedByteSize()).isZero();
        List<Long> offsets = new ArrayList<>();
        for (int region = 0; region < 3; region++) {
            offsets.add(design.allocate(REGION));
        }
        assertThat(design.committedByteSize()).isEqualTo(3L * REGION);
        offsets.forEach(at -> design.free(at, REGION));
    }
}
