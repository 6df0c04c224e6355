package dev.ashlar.tool.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Goal: the functions of the demo are right for more than the calls that the demo makes. */
final class AssembledFunctionTest {

    @Test
    void everyCallReturnsWhatIsExpected() throws Throwable {
        try (CodeHeap heap = CodeHeap.builder().name("assembled").build()) {
            for (AssembledFunction function : AssembledFunction.all()) {
                MethodHandle handle = bind(heap, function);
                for (AssembledFunction.Call call : function.calls()) {
                    assertThat((long) handle.invokeWithArguments(call.arguments()))
                            .as("%s%s", function.name(), call.arguments())
                            .isEqualTo(call.expected());
                }
            }
        }
    }

    @Test
    void fibonacciIsRightAllTheWay() throws Throwable {
        try (CodeHeap heap = CodeHeap.builder().name("fibonacci").build()) {
            MethodHandle fibonacci = bind(heap, named("fibonacci"));
            long previous = 1;
            long current = 0;
            for (long n : LongStream.rangeClosed(0, 92).toArray()) {
                assertThat((long) fibonacci.invokeExact(n)).isEqualTo(current);
                long next = previous + current;
                previous = current;
                current = next;
            }
        }
    }

    @Test
    void popcountCountsEveryBit() throws Throwable {
        try (CodeHeap heap = CodeHeap.builder().name("popcount").build()) {
            MethodHandle popcount = bind(heap, named("popcount"));
            for (int bits = 0; bits < Long.SIZE; bits++) {
                assertThat((long) popcount.invokeExact(~0L << bits)).isEqualTo(Long.SIZE - bits);
            }
        }
    }

    @Test
    void aConstantFunctionReturnsAnyNumber() throws Throwable {
        try (CodeHeap heap = CodeHeap.builder().name("constant").build()) {
            for (int value : List.of(0, 1, -1, 0x12345678, Integer.MIN_VALUE, 0xffff, 0x10000)) {
                CodeBlock block = heap.define(ConstantFunction.bytes(value));

                assertThat(ConstantFunction.call(block.address())).isEqualTo(value);
            }
        }
    }

    private static MethodHandle bind(CodeHeap heap, AssembledFunction function) {
        CodeBlock block = heap.allocate(function.byteSize());
        function.writeTo(block.writable().asByteBuffer(), block.address());
        block.publish();
        return block.bind(function.descriptor());
    }

    private static AssembledFunction named(String name) {
        return AssembledFunction.all().stream().filter(function -> function.name().equals(name)).findFirst()
                .orElseThrow();
    }
}
