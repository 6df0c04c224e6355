package dev.ashlar.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Frame;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table of frames has an entry for each granule of code whose frame is not the standard one. */
class FrameTableTest {
    private static final long START = 1L << 32;
    private static final long BYTE_SIZE = 2L << 20;
    private static final Frame FRAME = Frame.ENTRY.stackPointer(4, 16);

    private final FrameTable table = new FrameTable(AddressRange.ofSize(START, BYTE_SIZE), Libc.system());

    @AfterEach
    void close() {
        table.close();
    }

    @SuppressWarnings("restricted")
    private int entry(long offset) {
        return MemorySegment.ofAddress(table.entries()).reinterpret(BYTE_SIZE / 4)
                .getAtIndex(ValueLayout.JAVA_INT, offset / 16);
    }

    @Test
    void everyByteOfCodeLeadsToItsStart() {
        table.set(START + 64, 100, FRAME);
        assertThat(entry(48)).isZero();
        for (long offset = 64; offset < 164; offset++) {
            assertThat(entry(offset) & FrameTable.DISTANCE_MASK).isEqualTo((int) (offset - 64) / 16);
            assertThat(entry(offset) >>> FrameTable.DISTANCE_BITS).isPositive();
        }
        assertThat(entry(176)).isZero();
    }

    @Test
    void nothingIsLeftOfCodeThatIsFreed() {
        for (int byteSize = 1; byteSize < 100; byteSize++) {
            table.set(START + 64, byteSize, FRAME);
            table.clear(START + 64, byteSize);
            for (long offset = 0; offset < 256; offset += 16) {
                assertThat(entry(offset)).as("%d bytes, offset %d", byteSize, offset).isZero();
            }
        }
    }

    @Test
    void framesThatNoCodeHasMakeRoomForOthers() {
        table.set(START, 16, FRAME);
        int kept = entry(0);
        for (int index = 0; index < 100_000; index++) {
            table.set(START + 16, 16, Frame.ENTRY.stackPointer(5 + index, 16));
            assertThat(entry(16) >>> FrameTable.DISTANCE_BITS).as("frame %d", index).isPositive()
                    .isNotEqualTo(kept >>> FrameTable.DISTANCE_BITS);
        }
        assertThat(entry(0)).isEqualTo(kept);
    }
}
