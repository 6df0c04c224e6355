package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Goal: the floor does all that a memory for code must do. */
final class FloorTest {

    @Test
    void liveBlocksHaveTheirOwnPlacesAndKeepTheirContents() {
        try (Floor floor = Floor.ofCode()) {
            MemorySegment source = MemorySegment.ofArray(new byte[3000]);
            Set<Long> places = new HashSet<>();
            for (int block = 1; block <= 40; block++) {
                source.fill((byte) block);
                long address = floor.allocate(block * 70L);
                floor.write(address, source, block * 70L);
                places.add(address);
                assertThat(byteAt(address + block * 70L - 1)).isEqualTo((byte) block);
            }
            assertThat(places).hasSize(40);
        }
    }

    @Test
    void aFreedPlaceIsFilledWithTrapsAndReused() {
        try (Floor floor = Floor.ofCode()) {
            long address = floor.allocate(200);
            floor.write(address, MemorySegment.ofArray(new byte[200]), 200);
            floor.free(address, 200);
            assertThat(byteAt(address)).isEqualTo((byte) 0xf4);
            assertThat(byteAt(address + 199)).isEqualTo((byte) 0xf4);
            assertThat(floor.allocate(256)).isEqualTo(address);
            assertThat(floor.allocate(200)).isNotEqualTo(address);
        }
    }

    private static byte byteAt(long address) {
        return RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address);
    }
}
