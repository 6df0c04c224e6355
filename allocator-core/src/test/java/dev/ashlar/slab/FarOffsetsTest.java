package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Health;
import dev.ashlar.region.Region;
import dev.ashlar.region.RegionSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Spans for data may be longer than 2 GiB, and longer than an int counts bytes. */
class FarOffsetsTest {
    private static final long GIB = 1L << 30;
    private static final int LOG2_ALIGNMENT = 4;

    /** Regions without memory: nothing here is touched. */
    private record Imagined(int regionCount, BitSet committed) implements RegionSource {
        @Override
        public boolean commit(int region) {
            committed.set(region);
            return true;
        }

        @Override
        public boolean release(int region) {
            committed.clear(region);
            return true;
        }

        @Override
        public boolean isCommitted(int region) {
            return committed.get(region);
        }
    }

    @Test
    void blocksAtTheEndOfALongSpanAreFoundAndFreed() {
        long capacity = 16 * GIB;
        RegionSource source = new Imagined(Region.countFor(capacity), new BitSet());
        BlockStore store = new BlockStore(source, Eraser.NONE, new Object(), new Health("far"), () -> capacity);
        long most = store.allocate(capacity - 4 * Region.BYTE_SIZE, LOG2_ALIGNMENT, Temperature.HOT, Holder.ADDRESS);
        assertThat(most).isZero();
        List<Long> far = new ArrayList<>();
        for (long byteSize : new long[] {16, 200, 1000, 16_000, 100_000, Region.BYTE_SIZE}) {
            long offset = store.allocate(byteSize, LOG2_ALIGNMENT, Temperature.HOT, Holder.ADDRESS);
            assertThat(offset).isBetween(capacity - 4 * Region.BYTE_SIZE, capacity - byteSize);
            assertThat(store.startOf(offset + byteSize - 1)).isEqualTo(offset);
            assertThat(store.usableByteSize(offset)).isGreaterThanOrEqualTo(byteSize);
            far.add(offset);
        }
        assertThat(store.usableByteSize(most)).isEqualTo(capacity - 4 * Region.BYTE_SIZE);
        assertThat(store.startOf(capacity / 2)).isZero();
        store.checkInvariants();
        for (long offset : far) {
            assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            assertThat(store.free(offset, Holder.ADDRESS)).isEqualTo(FreeResult.NOT_LIVE);
        }
        assertThat(store.free(most, Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
        store.checkInvariants();
    }
}
