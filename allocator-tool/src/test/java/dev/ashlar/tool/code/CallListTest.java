package dev.ashlar.tool.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Goal: the functions that are listed run, each once and whole. */
final class CallListTest {

    @Test
    void everyListedFunctionAddsItsNumber() {
        try (CodeHeap heap = CodeHeap.create(); Arena arena = Arena.ofConfined()) {
            CodeAddresses code = heap.addresses();
            long callList = place(code, CallList.code());
            int[] byteSizes = {StraightFunction.BYTE_SIZE_MIN, 9, 14, 15, 16, 64, 511, 512};
            MemorySegment list = arena.allocate(ValueLayout.JAVA_LONG, byteSizes.length);
            for (int index = 0; index < byteSizes.length; index++) {
                MemorySegment function = arena.allocate(byteSizes[index]);
                StraightFunction.write(function, byteSizes[index], 1 << index);
                list.setAtIndex(ValueLayout.JAVA_LONG, index, place(code, function));
            }

            assertThat(CallList.call(callList, list.address(), byteSizes.length)).isEqualTo(255);
            assertThat(CallList.call(callList, list.address(), 3)).isEqualTo(7);
            assertThat(CallList.call(callList, list.address(), 0)).isZero();
        }
    }

    private static long place(CodeAddresses code, MemorySegment source) {
        long address = code.allocate(source.byteSize());
        code.write(address, 0, source, 0, source.byteSize());
        code.publish(address);
        return address;
    }
}
