package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import dev.ashlar.tool.memory.MemoryRefusedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Goal: every kind of memory does the same job, so that a comparison compares the same thing. */
final class CodeMemoryTest {

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = {"RANGE_TREE", "FLOOR", "HARNESS"})
    void functionsRunWhereTheyWerePublished(CodeRival rival) {
        try (BlockMemory memory = Rivals.open(rival); Arena arena = Arena.ofConfined()) {
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
    @EnumSource
    void aMemoryHasTheLabelOfItsRival(CodeRival rival) {
        try (BlockMemory memory = Rivals.open(rival)) {
            assertThat(memory.label()).isEqualTo(rival.label());
            assertThat(CodeRival.of(memory.label())).isEqualTo(rival);
        }
    }

    @Test
    void aMappingForEachFunctionCostsAnMprotectEach() {
        try (BlockMemory memory = new MappingPerFunction(Libc.system())) {
            for (int function = 0; function < 5; function++) {
                long address = memory.allocate(100);
                memory.publish(address, 100);
                memory.free(address, 100);
            }

            assertThat(memory.mprotectCallCount()).isEqualTo(5);
        }
    }

    @Test
    void aRefusalOfTheKernelNamesCallAndError() {
        SystemCalls full = (SystemCalls) Proxy.newProxyInstance(SystemCalls.class.getClassLoader(),
                new Class<?>[] {SystemCalls.class}, (proxy, method, arguments) -> -12L);

        assertThatThrownBy(() -> new MappingPerFunction(full).allocate(100))
                .isInstanceOf(MemoryRefusedException.class)
                .hasMessage("mmap failed: ENOMEM (12)");
    }

    private static long byteSize(int function) {
        return 16 + function * 24L;
    }
}
