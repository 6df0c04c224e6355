package dev.ashlar.tool.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.SystemCalls;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Goal: the naive memory counts its permission changes, and reports what the kernel refuses. */
final class MappingPerFunctionTest {

    @Test
    void everyFunctionCostsOneMprotectCall() {
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
                new Class<?>[] {SystemCalls.class}, (_, _, _) -> -12L);

        assertThatThrownBy(() -> new MappingPerFunction(full).allocate(100))
                .isInstanceOf(MemoryRefusedException.class)
                .hasMessage("mmap failed: ENOMEM (12)");
    }
}
