package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Goal: asmjit has the permissions that its labels promise, and reports errors. */
final class AsmjitMemoryTest {

    @ParameterizedTest
    @EnumSource(names = {"ASMJIT", "ASMJIT_CRITICAL"})
    void byDefaultCodeIsWritableWhereItRuns(Rival rival) {
        try (BlockMemory memory = Rivals.open(rival, 1)) {
            assertThat(permissions(memory.allocate(100))).startsWith("rwx");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ASMJIT_DUAL", "ASMJIT_DUAL_CRITICAL"})
    void withTwoMappingsCodeIsNotWritableWhereItRuns(Rival rival) {
        try (BlockMemory memory = Rivals.open(rival, 1)) {
            assertThat(permissions(memory.allocate(100))).startsWith("r-x");
        }
    }

    /** The first write knows the writable address from the allocation; all others ask asmjit. */
    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ANY, names = "ASMJIT.*")
    void aBlockCanBeWrittenAgainAndByAnotherThread(Rival rival) throws InterruptedException {
        try (BlockMemory memory = Rivals.open(rival, 1)) {
            long first = memory.allocate(100);
            long second = memory.allocate(100);
            write(memory, second, 1);
            write(memory, first, 2);
            assertThat(List.of(ConstantFunction.call(first), ConstantFunction.call(second))).containsExactly(2, 1);

            write(memory, second, 3);
            Thread other = new Thread(() -> write(memory, first, 4));
            other.start();
            other.join();
            assertThat(List.of(ConstantFunction.call(first), ConstantFunction.call(second))).containsExactly(4, 3);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ANY, names = "ASMJIT.*")
    void aRefusedFreeIsReported(Rival rival) {
        try (BlockMemory memory = Rivals.open(rival, 1)) {
            long address = memory.allocate(100);

            assertThatThrownBy(() -> memory.free(address + (1L << 40), 100))
                    .isInstanceOf(MemoryRefusedException.class)
                    .hasMessageStartingWith("JitAllocator::release failed: error ");
        }
    }

    private static void write(BlockMemory memory, long address, int value) {
        byte[] code = ConstantFunction.bytes(value);
        memory.write(address, MemorySegment.ofArray(code), code.length);
        memory.publish(address, code.length);
    }

    private static String permissions(long address) {
        return ProcessMaps.readWithin(List.of(new AddressRange(address, address + 1))).mappings().getFirst()
                .permissions();
    }
}
