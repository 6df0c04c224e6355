package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes that may stay parked when a packed run must be opened: more if that needs no region. */
class ParkingBoundsTest extends ParkingFixture {
    /** Blocks of each size: no more than the shortest stack holds. */
    private static final int BLOCKS_PER_SIZE = 8;

    private static final int QUARTER_RUN = PackedRuns.PAGE_COUNT * 4096 / 4;
    private static final int LEAST_SIZE = 2048;

    /**
     * Parks blocks of many sizes, and leaves no run with room for a block of a quarter run.
     *
     * @return the bytes parked
     */
    private static long parkUntilNoRoom(BlockStore store, int sizeCount) {
        List<Long> blocks = new ArrayList<>();
        for (int index = 0; index < sizeCount; index++) {
            blocks.addAll(
                    take(store, LEAST_SIZE + index * SizeClasses.GRANULE_BYTE_SIZE, Holder.OBJECT, BLOCKS_PER_SIZE));
        }
        int runs = packedRunCount(store);
        while (packedRunCount(store) == runs) {
            take(store, QUARTER_RUN, Holder.OBJECT);
        }
        take(store, QUARTER_RUN, Holder.OBJECT, 3);
        for (long offset : blocks) {
            free(store, offset, Holder.OBJECT);
            // So that no streak begins.
            take(store, 48, Holder.OBJECT);
        }
        return parkedByteSize(store);
    }

    private static int packedRunCount(BlockStore store) {
        return (int) store.census().packedRunCount();
    }

    private static void takePagesUntilARunNeedsARegion(BlockStore store) {
        while (store.runs().hasPagesFor(PackedRuns.PAGE_COUNT)) {
            long byteSize = Pages.offsetOf(PackedRuns.PAGE_COUNT);
            assertThat(store.allocateRun(byteSize, 12, Temperature.HOT, Holder.OBJECT)).isNotNegative();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 12, 23})
    void upToHalfAMebibyteStaysParkedIfNoRegionIsNeeded(int sizeCount) {
        stores().forEach(store -> {
            long parked = parkUntilNoRoom(store, sizeCount);
            assertThat(parked).isBetween(1L, 512 * 1024L);
            int runs = packedRunCount(store);
            int regions = store.runs().committedRegionCount();
            assertThat(store.runs().hasPagesFor(PackedRuns.PAGE_COUNT)).isTrue();

            take(store, QUARTER_RUN, Holder.OBJECT);

            assertThat(parkedByteSize(store)).isEqualTo(parked);
            assertThat(packedRunCount(store)).isEqualTo(runs + 1);
            assertThat(store.runs().committedRegionCount()).isEqualTo(regions);
        });
    }

    @Test
    void moreThanHalfAMebibyteIsReleasedBeforeARunIsOpened() {
        stores().forEach(store -> {
            long parked = parkUntilNoRoom(store, 33);
            assertThat(parked).isGreaterThan(512 * 1024);
            int runs = packedRunCount(store);
            assertThat(store.runs().hasPagesFor(PackedRuns.PAGE_COUNT)).isTrue();

            take(store, QUARTER_RUN, Holder.OBJECT);

            assertThat(parkedByteSize(store)).isZero();
            assertThat(packedRunCount(store)).isLessThanOrEqualTo(runs);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 12, 23})
    void parkedBlocksAreReleasedBeforeARegionIsCommitted(int sizeCount) {
        stores().forEach(store -> {
            long parked = parkUntilNoRoom(store, sizeCount);
            assertThat(parked).isBetween(128 * 1024L + 1, 512 * 1024L);
            takePagesUntilARunNeedsARegion(store);
            int runs = packedRunCount(store);
            int regions = store.runs().committedRegionCount();

            take(store, QUARTER_RUN, Holder.OBJECT);

            assertThat(parkedByteSize(store)).isZero();
            assertThat(packedRunCount(store)).isLessThanOrEqualTo(runs);
            assertThat(store.runs().committedRegionCount()).isEqualTo(regions);
        });
    }

    /** With a lower limit, a small heap would release its parked blocks all the time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7})
    void fewParkedBytesStayParkedAlthoughARegionIsCommitted(int sizeCount) {
        stores().forEach(store -> {
            long parked = parkUntilNoRoom(store, sizeCount);
            assertThat(parked).isBetween(1L, 128 * 1024L);
            takePagesUntilARunNeedsARegion(store);
            int regions = store.runs().committedRegionCount();

            take(store, QUARTER_RUN, Holder.OBJECT);

            assertThat(parkedByteSize(store)).isEqualTo(parked);
            assertThat(store.runs().committedRegionCount()).isEqualTo(regions + 1);
        });
    }

    /** 1/256 of the packed runs' bytes, if that is more. */
    @Test
    void aShareOfManyRunsStaysParkedAlthoughARegionIsCommitted() {
        BlockStore large = Stores.of(64);
        take(large, QUARTER_RUN, Holder.OBJECT, 4 * 32 * 40);
        long parked = parkUntilNoRoom(large, 12);
        long packed = Pages.offsetOf(packedRunCount(large) * PackedRuns.PAGE_COUNT);
        assertThat(parked).isBetween(128 * 1024L + 1, packed / 256);
        takePagesUntilARunNeedsARegion(large);
        int regions = large.runs().committedRegionCount();

        take(large, QUARTER_RUN, Holder.OBJECT);

        assertThat(parkedByteSize(large)).isEqualTo(parked);
        assertThat(large.runs().committedRegionCount()).isEqualTo(regions + 1);
        large.checkInvariants();
    }
}
