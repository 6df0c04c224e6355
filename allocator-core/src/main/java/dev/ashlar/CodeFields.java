package dev.ashlar;

import dev.ashlar.heap.Lifetime;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Writes the fields of instructions and tables that hold addresses and distances: little-endian, at any place. */
final class CodeFields {
    private static final ValueLayout.OfInt FOUR_BYTES =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong EIGHT_BYTES =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private CodeFields() {}

    /** {@return what to write a field through, after a look at its place, then at the state of the memory} */
    static MemorySegment writable(Relocatable memory, String action, long offset, long byteSize) {
        long memoryByteSize = memory.byteSize();
        if (offset < 0 || offset > memoryByteSize - byteSize) {
            throw new IndexOutOfBoundsException(action + " failed: bytes outside the memory at 0x"
                    + Long.toHexString(memory.address()) + " of " + lifeOf(memory).name() + ": offset=" + offset
                    + ", byteSize=" + byteSize + ", allowed up to=" + memoryByteSize);
        }
        return memory.writable();
    }

    static void setFour(Relocatable memory, MemorySegment writable, long offset, int value) {
        try {
            writable.set(FOUR_BYTES, offset, value);
        } catch (IllegalStateException e) {
            throw ended(memory, e);
        }
    }

    static void setEight(Relocatable memory, MemorySegment writable, long offset, long value) {
        try {
            writable.set(EIGHT_BYTES, offset, value);
        } catch (IllegalStateException e) {
            throw ended(memory, e);
        }
    }

    /** {@return what to throw if another thread ended the segment since the caller got it} */
    private static RuntimeException ended(Relocatable memory, IllegalStateException failure) {
        RuntimeException reason = lifeOf(memory).endedOr(failure);
        // This throws if the other thread published or freed the memory.
        var _ = memory.writable();
        return reason;
    }

    private static Lifetime lifeOf(Relocatable memory) {
        return switch (memory) {
            case CodeBlock block -> block.life();
            case UnitPart part -> part.life();
            case BatchSection section -> section.life();
        };
    }
}
