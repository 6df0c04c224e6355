package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Memory of freed code is full of trapping instructions before it is handed out again. */
class FreedCodeTest {
    private static final long REGION = 2 << 20;

    @OnEveryRung
    void aFreedBlockIsFullOfTraps(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 2);
                CodeHeap heap = builder(memory).build()) {
            for (long byteSize : new long[] {1, 6, 16, 250, 300, 5000, 16_384, 16_385, 100_000, REGION}) {
                CodeBlock block = heap.allocate(byteSize);
                long offset = block.address() - heap.report().address();
                long usable = heap.addresses().usableByteSize(block.address());
                MemorySegment place = space(heap).zone().writable().asSlice(offset, usable);
                MemorySegment seen = space(heap).zone().front().segment().asSlice(offset, usable);
                assertThat(place.mismatch(traps(usable))).as("new, %d bytes", byteSize).isEqualTo(-1);
                place.fill((byte) 0x90);
                block.free();
                assertThat(seen.mismatch(traps(usable))).as("freed, %d bytes", byteSize).isEqualTo(-1);
            }
        }
    }

    /** The caller promises that no thread runs the code, so the erasure of code held by address may wait. */
    @OnEveryRung
    void codeHeldByAddressIsFullOfTrapsBeforeItsNextUse(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 2);
                CodeHeap heap = builder(memory).build()) {
            CodeAddresses addresses = heap.addresses();
            for (long byteSize : new long[] {1, 16, 250, 300, 4096, 5000, 16_384, 16_385, REGION}) {
                long first = addresses.allocate(byteSize);
                long usable = addresses.usableByteSize(first);
                MemorySegment place = writable(heap, first, usable);
                place.fill((byte) 0x90);
                addresses.free(first);
                long again = addresses.allocate(byteSize);
                for (int count = 0; again != first && count < 1000; count++) {
                    requireTraps(heap, again, usable);
                    writable(heap, again, usable).fill((byte) 0x90);
                    addresses.free(again);
                    again = addresses.allocate(byteSize);
                }
                requireTraps(heap, again, usable);
                addresses.free(again);
                heap.trim();
            }
        }
    }

    private static MemorySegment writable(CodeHeap heap, long address, long byteSize) {
        return space(heap).zone().writable().asSlice(address - heap.report().address(), byteSize);
    }

    private static void requireTraps(CodeHeap heap, long address, long byteSize) {
        assertThat(writable(heap, address, byteSize).mismatch(traps(byteSize)))
                .as("%d bytes at %#x", byteSize, address).isEqualTo(-1);
    }

    @OnEveryRung
    void codeHeldByAddressIsFullOfTrapsAfterSixtyFourFurtherFrees(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 2);
                CodeHeap heap = builder(memory).build()) {
            CodeAddresses addresses = heap.addresses();
            for (long byteSize : new long[] {1, 16, 250, 300, 1000, 4096}) {
                long first = addresses.allocate(byteSize);
                long[] others = new long[64];
                for (int index = 0; index < others.length; index++) {
                    others[index] = addresses.allocate(byteSize);
                }
                long usable = addresses.usableByteSize(first);
                writable(heap, first, usable).fill((byte) 0x90);
                addresses.free(first);
                for (long other : others) {
                    // An allocation between the frees, so that they do not count as a row of frees.
                    addresses.allocate(128);
                    addresses.free(other);
                }
                requireTraps(heap, first, usable);
            }
        }
    }

    @OnEveryRung
    void theEndCutOffByAShrinkIsFullOfTraps(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap heap = builder(memory).build()) {
            for (long byteSize : new long[] {16, 250, 5000, 100_000}) {
                CodeBlock block = heap.allocate(byteSize);
                MemorySegment before = block.writable();
                before.fill((byte) 0x90);
                block.shrink(byteSize / 3);
                assertThat(block.byteSize()).isEqualTo(byteSize / 3);
                assertThat(block.writable().byteSize()).isEqualTo(byteSize / 3);
                for (long offset = 0; offset < byteSize; offset++) {
                    assertThat(before.get(ValueLayout.JAVA_BYTE, offset))
                            .as("byte %d of %d", offset, byteSize)
                            .isEqualTo(offset < byteSize / 3 ? (byte) 0x90 : NativeCode.TRAP);
                }
            }
        }
    }

    private static CodeHeapBuilder builder(MemoryDemand memory) {
        return CodeHeap.builder().memory(memory).capacity(8 * REGION);
    }

    private static MemorySegment traps(long byteSize) {
        return MemorySegment.ofArray(new byte[(int) byteSize]).fill(NativeCode.TRAP);
    }
}
