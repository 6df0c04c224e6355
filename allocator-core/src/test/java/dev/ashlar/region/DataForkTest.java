package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.DataHeap;
import dev.ashlar.host.ForkingLibrary;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryDataRung;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A forked child shares no page of a data heap. It can neither write the parent's data nor split its huge pages. */
class DataForkTest {
    private static final int SIGSEGV = 11;

    @OnEveryDataRung
    void aForkedChildThatTouchesDataDiesAndTheParentsPagesStayWhole(MemoryDemand memory, @TempDir Path folder)
            throws Exception {
        ForkingLibrary child = ForkingLibrary.load(folder);
        try (HugePages _ = HugePages.needForData(memory, 2);
                DataHeap heap = DataHeap.builder().memory(memory).build()) {
            MemorySegment data = heap.allocate(3 << 20).fill((byte) 7);
            for (long offset : new long[] {0, 2 << 20}) {
                assertThat(child.signalOnRead(data.address() + offset)).isEqualTo(SIGSEGV);
                assertThat(child.signalOnWrite(data.address() + offset)).isEqualTo(SIGSEGV);
            }
            data.set(ValueLayout.JAVA_BYTE, 0, (byte) 8);
            assertThat(data.get(ValueLayout.JAVA_BYTE, (3 << 20) - 1)).isEqualTo((byte) 7);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }
}
