package dev.ashlar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** What a block must hold: all of its first bytes, and its last one. */
final class Contents {
    /** The instruction in memory without code: hlt. */
    static final byte TRAP = (byte) 0xf4;

    private static final int HEAD_BYTE_SIZE = 4096;

    private byte[] head;
    private long byteSize;
    private byte last;
    private boolean knowsLast = true;

    private Contents(byte[] head, long byteSize, byte last) {
        this.head = head;
        this.byteSize = byteSize;
        this.last = last;
    }

    /** {@return the same byte everywhere} */
    static Contents filledWith(byte value, long byteSize) {
        byte[] head = new byte[(int) Math.min(byteSize, HEAD_BYTE_SIZE)];
        Arrays.fill(head, value);
        return new Contents(head, byteSize, value);
    }

    /** {@return bytes that differ from those of other marks} */
    static Contents marked(int mark, long byteSize) {
        Contents contents = filledWith((byte) mark, byteSize);
        for (int index = 0; index < contents.head.length - 1; index++) {
            contents.head[index] = (byte) (mark * 31 + index * 7);
        }
        return contents;
    }

    static Contents of(byte[] bytes) {
        return new Contents(bytes.clone(), bytes.length, bytes[bytes.length - 1]);
    }

    long byteSize() {
        return byteSize;
    }

    void put(long offset, byte value) {
        if (offset < head.length) {
            head[(int) offset] = value;
        }
        if (offset == byteSize - 1) {
            last = value;
            knowsLast = true;
        }
    }

    void shrink(long newByteSize) {
        if (newByteSize < byteSize) {
            byteSize = newByteSize;
            head = Arrays.copyOf(head, (int) Math.min(newByteSize, head.length));
            knowsLast = newByteSize == head.length;
            last = head[head.length - 1];
        }
    }

    /** Its last byte is not known then. */
    void grow(long newByteSize) {
        knowsLast = knowsLast && newByteSize == byteSize;
        byteSize = newByteSize;
    }

    void writeTo(MemorySegment memory) {
        MemorySegment.copy(head, 0, memory, ValueLayout.JAVA_BYTE, 0, head.length);
        if (knowsLast) {
            memory.set(ValueLayout.JAVA_BYTE, byteSize - 1, last);
        }
    }

    void requireIn(MemorySegment memory) {
        Check.require(memory.byteSize() == byteSize, "expected " + byteSize + " bytes, found " + memory.byteSize());
        long wrong = memory.asSlice(0, head.length).mismatch(MemorySegment.ofArray(head));
        Check.require(wrong < 0, "byte " + wrong + " of " + byteSize + " has changed");
        Check.require(!knowsLast || memory.get(ValueLayout.JAVA_BYTE, byteSize - 1) == last, "the last byte changed");
    }
}
