package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The check of a heap's bookkeeping changes nothing and stops no thread for good. */
class CheckInvariantsTest {
    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void threadsThatOwnNoMemoryMayTakeAndFreeBlocksMeanwhile() throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            AtomicBoolean isDone = new AtomicBoolean();
            // A virtual thread owns no memory. The collector's thread, which frees code, owns none either.
            Thread other = Thread.startVirtualThread(() -> {
                while (!isDone.get()) {
                    List<CodeBlock> blocks = new ArrayList<>();
                    for (int byteSize = 16; byteSize <= 1 << 14; byteSize *= 2) {
                        blocks.add(heap.allocate(byteSize));
                    }
                    blocks.add(heap.define(NativeCode.returning(1)));
                    blocks.forEach(CodeBlock::free);
                }
            });
            try {
                for (int count = 0; count < 1000; count++) {
                    heap.checkInvariants();
                }
            } finally {
                isDone.set(true);
                other.join();
            }
            heap.checkInvariants();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }
}
