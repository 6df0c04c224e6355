package dev.ashlar.tool.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Goal: the model finds what a wrong heap would do, and finds nothing in ours. */
class SoakTest {
    private static final int OPERATIONS = 400_000;

    private static long seed() {
        return Long.getLong("ashlar.seed", System.nanoTime() & 0xfffffff);
    }

    @Test
    void allHeapsAgreeWithTheModel() {
        List<String> steps = new ArrayList<>();
        SoakResult result = new Soak(new SoakOptions(0, OPERATIONS, 3, seed()), steps::add).run();

        assertThat(result.operations()).isGreaterThanOrEqualTo(OPERATIONS);
        assertThat(result.subjects()).allSatisfy(row -> assertThat(row.operations()).as(row.name()).isPositive());
        assertThat(result.subjects().size() + result.absent().size()).isEqualTo(10);
        assertThat(result.absent()).as("every host has the others").allMatch(reason -> reason.startsWith("secrets"));
        assertThat(result.checkCount()).isPositive();
        assertThat(steps).anyMatch(step -> step.contains("seed " + result.seed()));
    }

    @Test
    void aBlockThatOverlapsALiveOneIsFound() {
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 1000; round++) {
            Shadow shadow = new Shadow();
            long start = 0x7000_0000_0000L + 16L * random.nextInt(1 << 20);
            int byteSize = random.nextInt(1, 1 << 14);
            long next = (start + byteSize + 15) & -16;
            shadow.claim(start, byteSize);
            shadow.claim(next, 16);
            shadow.claim(start - 16, 16);
            shadow.release(start, byteSize);
            shadow.claim(start, byteSize);
            long inside = (start + random.nextInt(byteSize)) & -16;
            assertThatThrownBy(() -> shadow.claim(inside, random.nextInt(1, 100))).as("seed %d", seed)
                    .isInstanceOf(SoakFailure.class).hasMessageContaining("overlaps");
        }
    }

    @Test
    void contentsThatChangedAreFound() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(600);
            Marked data = Marked.data(new Shadow(), memory, 7);
            data.check();
            for (int at : new int[] {0, 3, 256, 519, 592, 599}) {
                byte old = memory.get(ValueLayout.JAVA_BYTE, at);
                memory.set(ValueLayout.JAVA_BYTE, at, (byte) (old + 1));
                assertThatThrownBy(data::check).isInstanceOf(SoakFailure.class);
                memory.set(ValueLayout.JAVA_BYTE, at, old);
            }
            data.check();
        }
    }

    @Test
    void oldBytesInANewBlockAreFound() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(100);
            Marked.requireUnwritten(memory.address(), 100, 0);
            memory.set(ValueLayout.JAVA_BYTE, 99, (byte) 1);
            assertThatThrownBy(() -> Marked.requireUnwritten(memory.address(), 100, 0))
                    .isInstanceOf(SoakFailure.class);
        }
    }

    @Test
    void drawsFollowFromTheSeed() {
        Draw one = new Draw(5, 1);
        Draw same = new Draw(5, 1);
        for (int count = 0; count < 1000; count++) {
            int byteSize = one.byteSize();
            assertThat(byteSize).isEqualTo(same.byteSize()).isBetween(16, 1 << 20);
            assertThat(one.byteAlignment()).isEqualTo(same.byteAlignment());
            MemorySegment code = one.code(byteSize, count);
            assertThat(code.byteSize()).isEqualTo(byteSize);
            assertThat(code.asSlice(0, Math.min(byteSize, 6)).toArray(ValueLayout.JAVA_BYTE))
                    .startsWith(Arrays.copyOf(ConstantFunction.bytes(count), Math.min(byteSize, 6)));
        }
    }

    @Test
    void wrongOptionsAreRefused() {
        for (Runnable wrong : List.<Runnable>of(() -> new SoakOptions(0, 0, 1, 0), () -> new SoakOptions(1, 0, 0, 0),
                () -> new SoakOptions(1, 0, 65, 0), () -> new SoakOptions(-1, 5, 1, 0))) {
            assertThatThrownBy(wrong::run).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
