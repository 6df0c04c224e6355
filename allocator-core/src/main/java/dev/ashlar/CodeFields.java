package dev.ashlar;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The fields of instructions and tables that hold addresses and distances: little-endian, at any place. */
final class CodeFields {
    static final ValueLayout.OfInt FOUR_BYTES = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong EIGHT_BYTES = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private CodeFields() {}
}
