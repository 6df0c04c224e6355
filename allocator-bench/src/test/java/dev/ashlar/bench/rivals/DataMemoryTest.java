package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Goal: every kind of memory does the same job, so that a comparison compares the same thing. */
final class DataMemoryTest {

    private static final int SLOT_COUNT = 300;
    private static final long SEED = 20261121;

    /** Method: random replacements beside a map of what lives, first and last byte of every block marked. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "HARNESS")
    void blocksAreWritableApartFromEachOtherAndKeepTheirContents(DataRival rival) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] addresses = new long[SLOT_COUNT];
        long[] byteSizes = new long[SLOT_COUNT];
        NavigableMap<Long, Long> live = new TreeMap<>();
        try (DataMemory memory = Rivals.open(rival, SLOT_COUNT)) {
            for (int step = 0; step < 5000; step++) {
                int slot = random.nextInt(SLOT_COUNT);
                if (addresses[slot] != 0) {
                    assertThat(marks(addresses[slot], byteSizes[slot])).containsExactly((byte) slot, (byte) slot);
                    live.remove(addresses[slot]);
                    memory.free(slot, addresses[slot], byteSizes[slot]);
                }
                byteSizes[slot] = 1L << random.nextInt(17) | random.nextInt(16);
                addresses[slot] = memory.allocate(slot, byteSizes[slot]);

                assertThat(addresses[slot] % 8).as("alignment").isZero();
                assertApart(live, addresses[slot], byteSizes[slot]);
                live.put(addresses[slot], byteSizes[slot]);
                mark(addresses[slot], byteSizes[slot], (byte) slot);
            }
            for (int slot = 0; slot < SLOT_COUNT; slot++) {
                memory.free(slot, addresses[slot], byteSizes[slot]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMemoryHasTheLabelOfItsRival(DataRival rival) {
        try (DataMemory memory = Rivals.open(rival, 1)) {
            assertThat(memory.label()).isEqualTo(rival.label());
            assertThat(DataRival.of(memory.label())).isEqualTo(rival);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherThreadMayFreeWhereTheRivalSaysSo(DataRival rival) throws InterruptedException {
        try (DataMemory memory = Rivals.open(rival, 1)) {
            long address = memory.allocate(0, 100);
            Throwable[] thrown = new Throwable[1];
            Thread other = new Thread(() -> memory.free(0, address, 100));
            other.setUncaughtExceptionHandler((_, exception) -> thrown[0] = exception);
            other.start();
            other.join();

            if (rival.freesAnywhere()) {
                assertThat(thrown[0]).isNull();
            } else {
                assertThat(thrown[0]).isInstanceOf(WrongThreadException.class);
                memory.free(0, address, 100);
            }
        }
    }

    private static void assertApart(NavigableMap<Long, Long> live, long address, long byteSize) {
        Map.Entry<Long, Long> below = live.lowerEntry(address + byteSize);
        if (below != null) {
            assertThat(below.getKey() + below.getValue()).as("end of the block below").isLessThanOrEqualTo(address);
        }
    }

    private static void mark(long address, long byteSize, byte mark) {
        RawMemory.EVERYTHING.set(ValueLayout.JAVA_BYTE, address, mark);
        RawMemory.EVERYTHING.set(ValueLayout.JAVA_BYTE, address + byteSize - 1, mark);
    }

    private static byte[] marks(long address, long byteSize) {
        return new byte[] {RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address),
            RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address + byteSize - 1)};
    }
}
