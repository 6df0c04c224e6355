package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeHeap;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.CodeHeapMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a replay for a comparison does all events and leaves nothing allocated. */
final class MemoryReplayTest {

    @TempDir
    private Path folder;

    @Test
    void anEventTakesTimeAndNothingIsLeft() throws IOException {
        try (CodeHeap heap = CodeHeap.create()) {
            BlockMemory memory = new CodeHeapMemory(heap);
            assertThat(MemoryReplay.nanosPerEvent(trace(), memory, 3)).isPositive();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void everyStretchOfEventsIsLookedAtBeforeTheLastFrees() throws IOException {
        AtomicInteger looks = new AtomicInteger();
        try (MallocMemory memory = new MallocMemory()) {
            AtomicInteger liveAtEnd = new AtomicInteger();
            MemoryReplay.run(trace(), memory, 3, () -> {
                looks.incrementAndGet();
                liveAtEnd.set(memory.liveCount());
            });

            assertThat(looks).hasValue(2);
            assertThat(liveAtEnd).hasValue(2);
            assertThat(memory.liveCount()).isZero();
        }
    }

    private Trace trace() throws IOException {
        return TraceReader.read(Files.writeString(folder.resolve("t"), "a 1 100\na 2 3000\nf 1\na 3 50\n"));
    }
}
