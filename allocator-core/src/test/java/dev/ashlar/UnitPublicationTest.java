package dev.ashlar;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A publication or a free of a unit that is refused changes nothing, or leaves a unit that can only be freed. */
@SuppressWarnings("restricted")
class UnitPublicationTest {
    private static CodeHeapBuilder builder(WritePath path) {
        return CodeHeap.builder().writePath(path).memory(MemoryDemand.SMALL);
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // qsort calls it
    private static int compare(Runnable task, MemorySegment one, MemorySegment other) {
        task.run();
        return 0;
    }

    /** {@return what a call throws while a downcall holds a segment} */
    private static Throwable whileHeld(MemorySegment held, Runnable call) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle sort = linker.downcallHandle(linker.defaultLookup().findOrThrow("qsort"),
                FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
        MethodHandle comparison = MethodHandles.lookup().findStatic(UnitPublicationTest.class, "compare",
                MethodType.methodType(int.class, Runnable.class, MemorySegment.class, MemorySegment.class));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Runnable task = () -> thrown.set(catchThrowable(call::run));
        try (Arena arena = Arena.ofConfined()) {
            sort.invokeExact(held, 2L, 4L, linker.upcallStub(
                    comparison.bindTo(task), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), arena));
        }
        return thrown.get();
    }

    @ParameterizedTest
    @EnumSource
    void aPublicationThatADowncallHoldsUpLosesNothingAndIsRepeated(WritePath path) throws Throwable {
        try (CodeHeap heap = builder(path).checkLateWrites().build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 16, 0));
            UnitPart constants = unit.constants().orElseThrow();
            constants.writable().set(JAVA_INT, 4, 11);
            MemorySegment code = unit.code().writable();
            assertThat(whileHeld(code, unit::publish))
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("repeat it");
            assertThat(unit.isPublished()).isFalse();
            constants.writable().set(JAVA_INT, 0, 22);
            // mov eax, [rip + disp32]; ret
            unit.code().writable().copyFrom(MemorySegment.ofArray(new byte[] {
                (byte) 0x8b, 0x05, 0, 0, 0, 0, (byte) 0xc3
            }));
            unit.code().rel32(2, constants.address());
            unit.publish();
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(22);
            assertThat(constants.segment().get(JAVA_INT, 4)).isEqualTo(11);
        }
    }

    @Test
    void aFreeThatADowncallHoldsUpChangesNothing() throws Throwable {
        try (CodeHeap heap = builder(WritePath.ALIAS).checkLateWrites().build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 16, 0));
            MemorySegment constants = unit.constants().orElseThrow().writable();
            assertThat(whileHeld(constants, unit::free)).isInstanceOf(BlockStateException.class);
            assertThat(heap.stats().liveBlockCount()).isEqualTo(2);
            unit.code().writable().fill((byte) 0x90);
            unit.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"POKE, pwrite, false", "IN_PLACE, mprotect, false", "POKE, pwrite, true", "IN_PLACE, mprotect, true"})
    void aUnitWhosePublicationTheKernelRefusesCanOnlyBeFreed(WritePath path, String call, boolean checksLateWrites) {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        CodeHeapBuilder builder = builder(path).systemCalls(calls).withoutPreparedRegions();
        try (CodeHeap heap = (checksLateWrites ? builder.checkLateWrites() : builder).build()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 5000, 16));
            UnitPart constants = unit.constants().orElseThrow();
            calls.failNth(call, 2, Errno.ENOMEM);
            assertThatThrownBy(unit::publish).isInstanceOf(WritePathException.class);
            calls.heal();
            assertThat(unit.isPublished()).isFalse();
            List<Runnable> uses = List.of(unit::publish, constants::writable, unit.code()::writable,
                    unit.data().orElseThrow()::writable, () -> constants.abs64(0, 1), () -> constants.shrink(8),
                    constants::segment, () -> unit.code().rel32(0, unit.code().address()),
                    () -> unit.patch(0, 0, 1));
            assertThat(uses).allSatisfy(use -> assertThatThrownBy(use::run)
                    .isInstanceOf(BlockStateException.class)
                    .hasMessageContaining("half published"));
            unit.free();
            assertThatThrownBy(unit::free).isInstanceOf(BlockStateException.class).hasMessageContaining("freed");
            assertThat(heap.stats().liveBlockCount()).isZero();
            heap.checkInvariants();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLateWriteToAUnitThatIsDiscardedThrows(WritePath path) {
        try (CodeHeap heap = builder(path).checkLateWrites().build();
                CodeGroup group = heap.openGroup()) {
            MemorySegment bytes = MemorySegment.ofArray(NativeCode.returning(1));
            for (CodeAllocator allocator : List.of(heap, group)) {
                AtomicReference<MemorySegment> late = new AtomicReference<>();
                assertThatThrownBy(() -> allocator.define(bytes, bytes, unit -> {
                    late.set(unit.constants().orElseThrow().writable());
                    throw new IllegalArgumentException("test");
                })).hasMessage("test");
                assertThatThrownBy(() -> late.get().set(JAVA_BYTE, 0, (byte) 0))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aUnitOfAWrongSizeOrAlignmentTakesNothing(WritePath path) {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = builder(path).systemCalls(calls).withoutPreparedRegions().build()) {
            heap.zones().of(Domain.RODATA, 1);
            heap.zones().of(Domain.DATA, 1);
            int before = calls.calls().size();
            for (UnitSizes sizes : List.of(
                    new UnitSizes(16, 16, 1L << 40), new UnitSizes(16, 16, 16, 16, 16, 3),
                    new UnitSizes(16, 16, 16, 16, 1 << 22, 16))) {
                assertThatThrownBy(() -> heap.allocateUnit(sizes)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(calls.calls()).hasSize(before);
        }
    }
}
