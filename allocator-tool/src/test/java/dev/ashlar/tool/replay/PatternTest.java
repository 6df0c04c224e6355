package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Goal: a single wrong byte is found wherever it is, and the right bytes are never suspected. */
final class PatternTest {

    private static final long IDENTITY = 123_456_789;

    @Test
    void everySizeMatchesItsOwnPattern() {
        try (Arena arena = Arena.ofConfined()) {
            for (long byteSize = 1; byteSize < 100; byteSize++) {
                MemorySegment object = filled(arena, IDENTITY, byteSize);

                assertThat(Pattern.firstMismatch(object.address(), IDENTITY, byteSize)).isEqualTo(-1);
            }
        }
    }

    @Test
    void everySingleWrongByteIsFoundAtItsOffset() {
        try (Arena arena = Arena.ofConfined()) {
            for (long offset = 0; offset < 61; offset++) {
                MemorySegment object = filled(arena, IDENTITY, 61);
                byte right = object.get(ValueLayout.JAVA_BYTE, offset);
                object.set(ValueLayout.JAVA_BYTE, offset, (byte) (right ^ 0x10));

                assertThat(Pattern.firstMismatch(object.address(), IDENTITY, 61)).isEqualTo(offset);
                assertThat(Pattern.expected(IDENTITY, offset)).isEqualTo(right);
            }
        }
    }

    @Test
    void theContentsOfAnotherObjectAreRecognizedAsWrong() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment object = filled(arena, IDENTITY, 64);

            assertThat(Pattern.firstMismatch(object.address(), IDENTITY + 1, 64)).isNotNegative();
        }
    }

    @Test
    void contentsAtAnotherOffsetAreRecognizedAsWrong() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment object = filled(arena, IDENTITY, 128);

            assertThat(Pattern.firstMismatch(object.address() + Long.BYTES, IDENTITY, 64)).isNotNegative();
        }
    }

    private static MemorySegment filled(Arena arena, long identity, long byteSize) {
        MemorySegment object = arena.allocate(byteSize + Long.BYTES, Long.BYTES);
        Pattern.fill(object, identity, byteSize);
        return object;
    }
}
