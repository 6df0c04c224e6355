package dev.ashlar.bench.rangetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.tool.memory.MemoryRefusedException;
import java.util.BitSet;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares random blocks with a map of the live ones: where a block may lie, and which regions may be committed. */
final class RangeTreePlacementTest {

    private static final int STEP_COUNT = 20_000;
    private static final int REGION = RangeTreePlacement.REGION_BYTE_SIZE;
    private static final long SPAN = 1L << 31;

    private final RangeTreePlacement placement = new RangeTreePlacement(SPAN);
    private final TreeMap<Long, Long> live = new TreeMap<>();

    static LongStream seeds() {
        return Seeds.fixedAndFresh();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void blocksNeverOverlapAndMemoryFollowsThem(long seed) {
        Seeds.run(seed, this::steps);
    }

    private void steps(SplittableRandom random) {
        int target = 2_000;
        for (int step = 0; step < STEP_COUNT; step++) {
            if (random.nextInt(4_000) == 0) {
                target = random.nextInt(1, 4_000);
            }
            if (live.size() < random.nextInt(2 * target)) {
                allocate(byteSize(random));
            } else {
                free(random);
            }
            if (random.nextInt(400) == 0) {
                compare();
            }
        }
        while (!live.isEmpty()) {
            free(random);
        }
        allFreedSpaceIsOneRange();
    }

    private static long byteSize(SplittableRandom random) {
        int kind = random.nextInt(1_000);
        if (kind == 0) {
            return random.nextInt(1, 3 * REGION);
        }
        return kind < 30 ? random.nextInt(1, 200_000) : random.nextInt(1, 6_000);
    }

    private void allocate(long byteSize) {
        long offset = placement.allocate(byteSize);
        Map.Entry<Long, Long> below = live.lowerEntry(offset + byteSize);
        assertThat(below == null || below.getKey() + below.getValue() <= offset)
                .as("%d bytes at %d, next to %s", byteSize, offset, below).isTrue();
        assertThat(offset).isBetween(0L, SPAN - byteSize);
        live.put(offset, byteSize);
    }

    private void free(SplittableRandom random) {
        Long near = live.floorKey(random.nextLong(SPAN / 64));
        if (near == null && !live.isEmpty()) {
            near = live.firstKey();
        }
        if (near != null) {
            placement.free(near, live.remove(near));
        }
    }

    private void compare() {
        placement.checkInvariants();
        BitSet touched = new BitSet();
        live.forEach((offset, byteSize) -> touched.set((int) (offset / REGION),
                (int) Math.ceilDiv(offset + byteSize, REGION)));
        long needed = (long) touched.cardinality() * REGION;
        assertThat(placement.committedByteSize()).isBetween(needed, needed + REGION);
        placement.trim();
        assertThat(placement.committedByteSize()).isEqualTo(needed);
    }

    private void allFreedSpaceIsOneRange() {
        assertThat(placement.committedByteSize()).isLessThanOrEqualTo(REGION);
        long offset = placement.allocate(REGION);
        assertThat(placement.committedByteSize()).isEqualTo(REGION);
        placement.free(offset, REGION);
        placement.trim();
        assertThat(placement.committedByteSize()).isZero();
    }

    @Test
    void aFullSpanRefusesABlock() {
        RangeTreePlacement small = new RangeTreePlacement(2L * REGION);
        small.allocate(REGION);
        assertThatThrownBy(() -> small.allocate(REGION + 1L)).isInstanceOf(MemoryRefusedException.class)
                .hasMessageEndingWith("the span is full: regions=2, adjacent regions wanted=2");
    }
}
