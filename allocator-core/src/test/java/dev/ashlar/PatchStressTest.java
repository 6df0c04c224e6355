package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapAudit;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a thread that runs code during a patch runs the old or the new bytes, never half of each, and never the old
 * ones after the patch has returned. The long form is {@code -Dashlar.patches=1000000}, for each test.
 */
@SuppressWarnings("restricted")
class PatchStressTest {
    private static final long PATCHES = Long.getLong("ashlar.patches", 5_000);
    private static final int LINE_BYTE_SIZE = 64;
    private static final int PAGE_BYTE_SIZE = 4096;
    private static final int TARGET_COUNT = 64;

    /** Odd, so that it can be inverted, and spread over all bytes, so that half a number is no near number. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;
    private static final long INVERSE = inverse(SPREAD);
    private static final int INT_SPREAD = (int) SPREAD;
    private static final int INT_INVERSE = (int) INVERSE;

    private static final MethodHandle LONG_CALL =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_LONG));

    private final CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();

    @AfterEach
    void theHeapIsConsistent() {
        HeapAudit audit = heap.audit();
        assertThat(audit.isClean()).as(audit.toString()).isTrue();
        assertThat(heap.stats().mprotectCallCount()).isZero();
        heap.close();
    }

    /** In the first word, at the ends of a word and of a line, after an opcode on the previous line or page. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 7, LINE_BYTE_SIZE - 5, LINE_BYTE_SIZE - 1, PAGE_BYTE_SIZE - 1})
    void anImmediateOf4BytesIsNeverTornNorLate(int nopCount) throws Exception {
        patchAConstant(heap, nopCount);
    }

    @OnEveryRung
    void anImmediateIsNeverTornNorLateOnAnyBacking(MemoryDemand memory) throws Exception {
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap other = CodeHeap.builder().memory(memory).build()) {
            patchAConstant(other, 3);
            HeapAudit audit = other.audit();
            assertThat(audit.isClean()).as(audit.toString()).isTrue();
        }
    }

    private static void patchAConstant(CodeHeap heap, int nopCount) throws Exception {
        CodeBlock block = PatchableCode.publish(heap, PatchableCode.constant(nopCount), PAGE_BYTE_SIZE);
        long address = block.address();
        Callers.watch(
                PATCHES,
                number -> block.patch(nopCount + 1, Integer.toUnsignedLong((int) number * INT_SPREAD), 4),
                () -> Integer.toUnsignedLong(NativeCode.call(address) * INT_INVERSE),
                1L << 32);
    }

    @Test
    void anImmediateOf8BytesIsNeverTornNorLate() throws Exception {
        CodeBlock block = PatchableCode.publish(heap, PatchableCode.longConstant(6), LINE_BYTE_SIZE);
        MemorySegment code = MemorySegment.ofAddress(block.address());
        Callers.watch(
                PATCHES, number -> block.patch(8, number * SPREAD, 8), () -> callForLong(code) * INVERSE, 1L << 62);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, LINE_BYTE_SIZE - 1})
    void aPatchedJumpReachesTheOldOrTheNewTarget(int nopCount) throws Exception {
        leadToTargets(PatchableCode.jump(nopCount), nopCount + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, LINE_BYTE_SIZE - 5})
    void aPatchedCallReachesTheOldOrTheNewTarget(int nopCount) throws Exception {
        leadToTargets(PatchableCode.call(nopCount), nopCount + 5);
    }

    private void leadToTargets(byte[] code, int fieldOffset) throws Exception {
        // Half of the targets are far away, so that more than one byte of the displacement changes.
        CodeBlock gap = heap.allocate(1 << 20);
        long[] targets = IntStream.range(0, TARGET_COUNT)
                .mapToLong(result -> {
                    heap.allocate(result % 2 == 0 ? 100 : 70_000);
                    return heap.define(NativeCode.returning(result)).address();
                })
                .toArray();
        gap.free();
        CodeBlock block = PatchableCode.publish(heap, code, LINE_BYTE_SIZE);
        long address = block.address();
        long fieldEnd = address + fieldOffset + 4;
        block.patch(fieldOffset, PatchableCode.distance(fieldEnd, targets[0]), 4);
        Callers.watch(
                PATCHES,
                number -> block.patch(
                        fieldOffset, PatchableCode.distance(fieldEnd, targets[(int) (number % TARGET_COUNT)]), 4),
                () -> NativeCode.call(address),
                TARGET_COUNT);
    }

    /** Two threads each patch a byte of their own: mov al, 0; mov ah, 0; movzx eax, ax; ret is one word. */
    @Test
    void noPatchInTheSameWordIsLost() throws Exception {
        byte[] code = {(byte) 0xb0, 0, (byte) 0xb4, 0, 0x0f, (byte) 0xb7, (byte) 0xc0, (byte) 0xc3};
        CodeAddresses addresses = heap.addresses();
        long address = addresses.allocate(code.length);
        addresses.write(address, 0, MemorySegment.ofArray(code), 0, code.length);
        addresses.publish(address);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Callable<Void>> patchers = List.of(
                    () -> patchAByte(addresses, address, 1, 0), () -> patchAByte(addresses, address, 3, Byte.SIZE));
            for (Future<Void> patcher : threads.invokeAll(patchers)) {
                patcher.get();
            }
        }
    }

    private static Void patchAByte(CodeAddresses addresses, long address, int offset, int shift) {
        // More than in other tests: two patches must meet within the nanoseconds between a load and a store.
        for (long number = 1; number <= 10 * PATCHES; number++) {
            long value = number & 0xff;
            addresses.patch(address, offset, value, 1);
            assertThat((NativeCode.call(address) >>> shift) & 0xff).isEqualTo((int) value);
        }
        return null;
    }

    private static long callForLong(MemorySegment code) {
        try {
            return (long) LONG_CALL.invokeExact(code);
        } catch (Throwable unexpected) {
            throw new AssertionError("a downcall threw", unexpected);
        }
    }

    /** {@return the inverse of an odd number, modulo 2^64} */
    private static long inverse(long odd) {
        long inverse = odd;
        // Each round doubles the number of correct bits, which is 3 at first.
        for (int round = 0; round < 5; round++) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
