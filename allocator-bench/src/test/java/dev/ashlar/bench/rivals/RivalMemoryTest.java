package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: all memories do the same work, so that a comparison compares the same thing. */
final class RivalMemoryTest {

    private static final int SLOT_COUNT = 300;
    private static final int STEP_COUNT = 2000;
    private static final long SEED = 20261121;

    /** Method: random replacements beside a map of the live blocks; first and last byte of every block are marked. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = {"CODE_HARNESS", "DATA_HARNESS"})
    void blocksAreWritableApartFromEachOtherAndKeepTheirContents(Rival rival) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] addresses = new long[SLOT_COUNT];
        long[] byteSizes = new long[SLOT_COUNT];
        NavigableMap<Long, Long> live = new TreeMap<>();
        try (BlockMemory memory = Rivals.open(rival, SLOT_COUNT); Arena arena = Arena.ofConfined()) {
            MemorySegment contents = arena.allocate(1 << 17);
            for (int step = 0; step < STEP_COUNT; step++) {
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
                contents.set(ValueLayout.JAVA_BYTE, 0, (byte) slot);
                contents.set(ValueLayout.JAVA_BYTE, byteSizes[slot] - 1, (byte) slot);
                memory.write(addresses[slot], contents, byteSizes[slot]);
                memory.publish(addresses[slot], byteSizes[slot]);
            }
            for (int slot = 0; slot < SLOT_COUNT; slot++) {
                if (addresses[slot] != 0) {
                    memory.free(slot, addresses[slot], byteSizes[slot]);
                }
            }
        }
    }

    private static Stream<Rival> rivalsThatRunCode() {
        return Stream.of(Rival.values()).filter(Rival::runsCode);
    }

    @ParameterizedTest
    @MethodSource("rivalsThatRunCode")
    void functionsRun(Rival rival) {
        try (BlockMemory memory = Rivals.open(rival, 1); Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(5000);
            long[] addresses = new long[200];
            for (int function = 0; function < addresses.length; function++) {
                addresses[function] = memory.allocate(byteSize(function));
                ConstantFunction.write(source, function * 1_000_003);
                memory.write(addresses[function], source, byteSize(function));
                memory.publish(addresses[function], byteSize(function));
            }

            for (int function = 0; function < addresses.length; function++) {
                assertThat(ConstantFunction.call(addresses[function])).isEqualTo(function * 1_000_003);
                memory.free(addresses[function], byteSize(function));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = {"CODE_FLOOR", "DATA_FLOOR"})
    void anotherThreadCanFreeIfTheRivalSaysSo(Rival rival) throws InterruptedException {
        try (BlockMemory memory = Rivals.open(rival, 1)) {
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

    private static long byteSize(int function) {
        return 16 + function * 24L;
    }

    private static void assertApart(NavigableMap<Long, Long> live, long address, long byteSize) {
        Map.Entry<Long, Long> below = live.lowerEntry(address + byteSize);
        if (below != null) {
            assertThat(below.getKey() + below.getValue()).as("end of the block below").isLessThanOrEqualTo(address);
        }
    }

    private static byte[] marks(long address, long byteSize) {
        return new byte[] {RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address),
            RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address + byteSize - 1)};
    }
}
