package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Seeded;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.report.WrongAddressException.Reason;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A patch replaces the given bytes of published code. Everything else is refused and changes nothing. */
class PatchTest {
    private final CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
    private final CodeAddresses addresses = heap.addresses();
    private final CodeBlock block = PatchableCode.publish(heap, PatchableCode.constant(3), 64);

    @AfterEach
    void close() {
        heap.close();
    }

    @OnEveryRung
    void theNextCallReturnsThePatchedValueAndNoMappingChanges(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap other = CodeHeap.builder().memory(memory).build()) {
            CodeBlock constant = PatchableCode.publish(other, PatchableCode.constant(3), 64);
            long byAddress = other.addresses().allocate(64);
            byte[] code = PatchableCode.constant(3);
            other.addresses().write(byAddress, 0, MemorySegment.ofArray(code), 0, code.length);
            other.addresses().publish(byAddress);
            HeapAudit before = other.audit();
            for (int value : new int[] {1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                constant.patch(4, value, 4);
                other.addresses().patch(byAddress, 4, value, 4);
                assertThat(NativeCode.call(constant.address())).isEqualTo(value);
                assertThat(NativeCode.call(byAddress)).isEqualTo(value);
            }
            HeapAudit after = other.audit();
            assertThat(after.isClean()).as(after.toString()).isTrue();
            assertThat(after).isEqualTo(before);
            assertThat(other.stats().mprotectCallCount()).isZero();
        }
    }

    /** Bytes of any number within one word change, and no byte beside them. */
    @Seeded
    void onlyThePatchedBytesChange(long seed) {
        Random random = new Random(seed);
        byte[] model = new byte[1000];
        random.nextBytes(model);
        CodeBlock bytes = PatchableCode.publish(heap, model, 64);
        for (int round = 0; round < 2_000; round++) {
            int byteSize = 1 + random.nextInt(8);
            int word = random.nextInt(model.length / 8) * 8;
            int offset = word + random.nextInt(8 - byteSize + 1);
            long value = random.nextLong() >> (64 - byteSize * 8);
            value = random.nextBoolean() || byteSize == 8 ? value : value & ((1L << (byteSize * 8)) - 1);
            bytes.patch(offset, value, byteSize);
            for (int index = 0; index < byteSize; index++) {
                model[offset + index] = (byte) (value >> (index * 8));
            }
            assertThat(bytes.executable().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(model);
        }
    }

    @Test
    void aPatchThatExpectsOtherBytesChangesNothing() {
        assertThat(block.compareAndPatch(4, 0, 7, 4)).isTrue();
        assertThat(NativeCode.call(block.address())).isEqualTo(7);
        assertThat(block.compareAndPatch(4, 0, 8, 4)).isFalse();
        assertThat(block.compareAndPatch(4, 7, -1, 4)).isTrue();
        assertThat(block.compareAndPatch(4, 0xffff_ffffL, 0, 4)).isTrue();

        long byAddress = addresses.allocate(16);
        addresses.write(byAddress, 0, MemorySegment.ofArray(PatchableCode.constant(3)), 0, 9);
        addresses.publish(byAddress);
        assertThat(addresses.compareAndPatch(byAddress, 4, 0, 9, 4)).isTrue();
        assertThat(addresses.compareAndPatch(byAddress, 4, 0, 10, 4)).isFalse();
        assertThat(NativeCode.call(byAddress)).isEqualTo(9);
    }

    /** An inline cache that several threads want to fill. */
    @Test
    void ofThreadsThatExpectTheSameBytesOneReplacesThem() throws InterruptedException {
        long byAddress = addresses.allocate(16);
        addresses.write(byAddress, 0, MemorySegment.ofArray(PatchableCode.constant(3)), 0, 9);
        addresses.publish(byAddress);
        for (int round = 0; round < 200; round++) {
            int before = round;
            AtomicInteger winners = new AtomicInteger();
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                        boolean won = addresses.compareAndPatch(byAddress, 4, before, before + 1, 4);
                        winners.addAndGet(won ? 1 : 0);
                    }))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(winners).hasValue(1);
            assertThat(NativeCode.call(byAddress)).isEqualTo(before + 1);
        }
    }

    @Test
    void aCallAndAJumpLeadToTheirNewTarget() {
        CodeBlock one = heap.define(NativeCode.returning(1));
        CodeBlock two = heap.define(NativeCode.returning(2));
        CodeBlock call = PatchableCode.publish(heap, PatchableCode.call(3), 64);
        CodeBlock jump = PatchableCode.publish(heap, PatchableCode.jump(3), 64);
        // xor eax, eax; jz rel32
        byte[] conditional = {0x31, (byte) 0xc0, 0x0f, (byte) 0x84, 0, 0, 0, 0, (byte) 0xf4};
        CodeBlock jumpIfZero = PatchableCode.publish(heap, conditional, 64);
        for (CodeBlock target : List.of(one, two, one)) {
            call.patchCall(7, target.address());
            jump.patchCall(3, target.address());
            jumpIfZero.patchCall(2, target.address());
            int expected = NativeCode.call(target.address());
            assertThat(NativeCode.call(call.address())).isEqualTo(expected);
            assertThat(NativeCode.call(jump.address())).isEqualTo(expected);
            assertThat(NativeCode.call(jumpIfZero.address())).isEqualTo(expected);
        }
        long byAddress = addresses.allocate(16);
        addresses.write(byAddress, 0, MemorySegment.ofArray(PatchableCode.jump(3)), 0, 9);
        addresses.publish(byAddress);
        addresses.patchCall(byAddress, 3, two.address());
        assertThat(NativeCode.call(byAddress)).isEqualTo(2);
    }

    @Test
    void aCallThatCannotBeLedToItsTargetIsRefused() {
        assertThat(unchangedBy(IllegalArgumentException.class, () -> block.patchCall(3, block.address())))
                .hasMessage("no call or jump with a rel32 at this offset: offset=3, found=b8 00,"
                        + " allowed=e8, e9, 0f 80 to 0f 8f");
        for (long offset : new long[] {-1, 5, 9, Long.MAX_VALUE, Long.MIN_VALUE}) {
            unchangedBy(IllegalArgumentException.class, () -> block.patchCall(offset, block.address()));
        }
        CodeBlock call = PatchableCode.publish(heap, PatchableCode.call(3), 64);
        assertThat(unchangedBy(NotReachableException.class, () -> call.patchCall(7, 1)))
                .hasMessageStartingWith("patchCall() failed: rel32 does not reach the target: instruction ends at 0x");
        CodeBlock crossing = PatchableCode.publish(heap, PatchableCode.call(0), 64);
        assertThat(unchangedBy(IllegalArgumentException.class, () -> crossing.patchCall(4, crossing.address())))
                .hasMessageStartingWith("a patch must lie in one aligned word of 8 bytes");
        call.free();
        unchangedBy(BlockStateException.class, () -> call.patchCall(7, block.address()));
    }

    private <T extends Throwable> T unchangedBy(Class<T> type, ThrowingCallable wrong) {
        HeapStats stats = heap.stats();
        byte[] code = block.executable().toArray(ValueLayout.JAVA_BYTE);
        T thrown = catchThrowableOfType(type, wrong);
        assertThat(thrown).isNotNull();
        assertThat(block.executable().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(code);
        assertThat(NativeCode.call(block.address())).isZero();
        assertThat(heap.stats()).isEqualTo(stats);
        return thrown;
    }

    @Test
    void aPatchThatCrossesAWordIsRefused() {
        for (int offset = 1; offset < 8; offset++) {
            int start = offset;
            int byteSize = 9 - offset;
            unchangedBy(IllegalArgumentException.class, () -> block.patch(start, 0, byteSize));
        }
        assertThat(unchangedBy(IllegalArgumentException.class, () -> block.patch(5, 0, 4)))
                .hasMessage("a patch must lie in one aligned word of 8 bytes, or other threads may run half of it: the"
                        + " block at 0x" + Long.toHexString(block.address())
                        + " of heap ashlar, offset=5, byteSize=4, bytes into its word=5. Align the field when the code"
                        + " is generated, with nops before the instruction.");
    }

    @Test
    void aPatchOutsideTheBlockIsRefused() {
        for (long offset : new long[] {-1, -4, 6, 9, 64, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(unchangedBy(IllegalArgumentException.class, () -> block.patch(offset, 0, 4)))
                    .hasMessage("range lies outside the block at 0x" + Long.toHexString(block.address())
                            + " of heap ashlar: offset=" + offset + ", byteSize=4, usable=9");
        }
        long byAddress = addresses.allocate(9);
        unchangedBy(IllegalArgumentException.class, () -> addresses.patch(byAddress, 16, 0, 1));
        unchangedBy(IllegalArgumentException.class, () -> addresses.patch(byAddress, -1, 0, 1));
    }

    @Test
    void anInvalidSizeIsRefused() {
        for (int byteSize : new int[] {0, -1, 9, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(unchangedBy(IllegalArgumentException.class, () -> block.patch(0, 0, byteSize)))
                    .hasMessage("patch size out of range: byteSize=" + byteSize + ", allowed=1 to 8");
        }
    }

    @Test
    void aValueThatDoesNotFitIsRefused() {
        for (int byteSize = 1; byteSize < 8; byteSize++) {
            int size = byteSize;
            long tooLarge = 1L << (byteSize * 8);
            long tooSmall = -(tooLarge >> 1) - 1;
            unchangedBy(IllegalArgumentException.class, () -> block.patch(0, tooLarge, size));
            unchangedBy(IllegalArgumentException.class, () -> block.patch(0, tooSmall, size));
            unchangedBy(IllegalArgumentException.class, () -> block.patch(0, Long.MIN_VALUE, size));
        }
        assertThat(unchangedBy(IllegalArgumentException.class, () -> block.patch(4, 1L << 32, 4)))
                .hasMessage("value does not fit: value=4294967296 (0x100000000), byteSize=4");
        assertThat(unchangedBy(IllegalArgumentException.class, () -> block.compareAndPatch(4, 1L << 32, 0, 4)))
                .hasMessage("expected does not fit: expected=4294967296 (0x100000000), byteSize=4");
        block.patch(4, 0xffff_ffffL, 4);
        assertThat(NativeCode.call(block.address())).isEqualTo(-1);
        block.patch(4, Integer.MIN_VALUE, 4);
        assertThat(NativeCode.call(block.address())).isEqualTo(Integer.MIN_VALUE);
        block.patch(4, 0, 4);
    }

    @Test
    void anUnpublishedAndAFreedBlockAreRefused() {
        CodeBlock writable = heap.allocate(16);
        assertThat(unchangedBy(BlockStateException.class, () -> writable.patch(0, 0, 1)))
                .hasMessageStartingWith("patch() failed: the block at 0x")
                .hasMessageEndingWith(" is writable, needed: published");
        byte[] bytes = writable.writable().toArray(ValueLayout.JAVA_BYTE);
        assertThat(bytes).containsOnly(NativeCode.TRAP);
        writable.free();
        assertThat(unchangedBy(BlockStateException.class, () -> writable.patch(0, 0, 1)))
                .hasMessageStartingWith("patch() failed: the block at 0x")
                .hasMessageEndingWith(" is freed, needed: published");
        CodeBlock next = PatchableCode.publish(heap, PatchableCode.constant(3), 16);
        unchangedBy(BlockStateException.class, () -> writable.patch(4, 7, 4));
        assertThat(NativeCode.call(next.address())).isZero();
    }

    @Test
    void wrongAddressesAreRefused() {
        long byAddress = addresses.allocate(64);
        assertThat(unchangedBy(WrongAddressException.class, () -> addresses.patch(byAddress + 8, 0, 0, 1)).reason())
                .isEqualTo(Reason.INTERIOR);
        assertThat(unchangedBy(WrongAddressException.class, () -> addresses.patch(block.address(), 0, 0, 1)).reason())
                .isEqualTo(Reason.HELD_BY_OBJECT);
        assertThat(unchangedBy(WrongAddressException.class, () -> addresses.patch(1, 0, 0, 1)).reason())
                .isEqualTo(Reason.FOREIGN);
        addresses.free(byAddress);
        assertThat(unchangedBy(WrongAddressException.class, () -> addresses.patch(byAddress, 0, 0, 1)).reason())
                .isEqualTo(Reason.NOT_LIVE);
    }

    @Test
    void aClosedHeapIsRefused() {
        long byAddress = addresses.allocate(64);
        heap.close();
        assertThat(catchThrowableOfType(HeapClosedException.class, () -> block.patch(4, 1, 4))).isNotNull();
        assertThat(catchThrowableOfType(HeapClosedException.class, () -> addresses.patch(byAddress, 0, 1, 1)))
                .isNotNull();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ALIAS")
    void otherWritePathsRefuseAndNameThePathThatServes(WritePath path) {
        try (CodeHeap other =
                CodeHeap.builder().memory(MemoryDemand.SMALL).writePath(path).build()) {
            CodeBlock constant = PatchableCode.publish(other, PatchableCode.constant(3), 64);
            long byAddress = other.addresses().allocate(64);
            for (ThrowingCallable patch : new ThrowingCallable[] {
                () -> constant.patch(4, 1, 4), () -> other.addresses().patch(byAddress, 4, 1, 4),
                () -> constant.compareAndPatch(4, 0, 1, 4), () -> constant.patchCall(0, constant.address()),
                () -> other.addresses().compareAndPatch(byAddress, 4, 0, 1, 4),
                () -> other.addresses().patchCall(byAddress, 0, byAddress)
            }) {
                WritePathException refused = catchThrowableOfType(WritePathException.class, patch);
                assertThat(refused).isNotNull();
                assertThat(refused.servedBy()).containsExactly(WritePath.ALIAS);
                assertThat(refused).hasMessageContaining(" failed: write path " + path.label());
            }
            assertThat(NativeCode.call(constant.address())).isZero();
            constant.free();
        }
    }
}
