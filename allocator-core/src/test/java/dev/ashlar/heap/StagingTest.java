package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.zones;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** A buffer is handed out by one segment for each life: a segment adds an action to the arena, which keeps it. */
class StagingTest {
    @Test
    void aLifeHasOneSegmentHoweverOftenItIsAskedFor() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).checkLateWrites().build()) {
            Staging staging = Staging.of(zones(heap), Domain.CODE, 16);
            MemorySegment checked = staging.segment();
            assertThat(staging.segment()).isSameAs(checked);
            staging.end("publish()", "the block");
            assertThatThrownBy(() -> checked.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
            staging.segment().fill((byte) 1);
            try (Arena one = Arena.ofConfined();
                    Arena other = Arena.ofConfined()) {
                MemorySegment first = staging.segment(one);
                assertThat(staging.segment(one)).isSameAs(first);
                assertThat(staging.segment(other).scope()).isEqualTo(other.scope());
            }
        }
    }
}
