package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Goal: a single wrong byte is found at any offset, and the right bytes are never suspected. */
final class ContentsTest {

    private static final long IDENTITY = 123_456_789;
    private static final int BYTE_SIZE_MAX = 128;

    private final MallocMemory memory = new MallocMemory();
    private final Contents contents = new Contents(Contents.Kind.VERIFIED, memory, BYTE_SIZE_MAX);
    private final long address = memory.allocate(BYTE_SIZE_MAX);

    @AfterEach
    void freeTheObject() {
        memory.free(address, BYTE_SIZE_MAX);
        memory.close();
    }

    @Test
    void objectsOfEverySizeHaveTheirOwnContents() {
        for (int byteSize = 1; byteSize < 100; byteSize++) {
            contents.fill(address, IDENTITY, byteSize);

            assertThat(contents.check(address, IDENTITY, byteSize)).isEqualTo(-1);
        }
    }

    @Test
    void everySingleWrongByteIsFoundAtItsOffset() {
        for (long offset = 0; offset < 61; offset++) {
            contents.fill(address, IDENTITY, 61);
            byte right = RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address + offset);
            RawMemory.EVERYTHING.set(ValueLayout.JAVA_BYTE, address + offset, (byte) (right ^ 0x10));

            assertThat(contents.check(address, IDENTITY, 61)).isEqualTo(offset);
            assertThat(contents.expected(offset)).isEqualTo(right);
        }
    }

    @Test
    void theContentsOfAnotherObjectAreRecognizedAsWrong() {
        contents.fill(address, IDENTITY, 64);

        assertThat(contents.check(address, IDENTITY + 1, 64)).isNotNegative();
    }

    @Test
    void contentsAtAnotherOffsetAreRecognizedAsWrong() {
        contents.fill(address, IDENTITY, 128);

        assertThat(contents.check(address + Long.BYTES, IDENTITY, 64)).isNotNegative();
    }
}
