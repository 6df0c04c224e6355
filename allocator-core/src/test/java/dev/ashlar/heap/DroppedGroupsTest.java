package dev.ashlar.heap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeHeap;
import dev.ashlar.TestHeaps;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A heap keeps nothing of groups that cannot be reached. */
class DroppedGroupsTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    @Test
    void openingAGroupForgetsThoseThatCannotBeReached() throws InterruptedException {
        try (CodeHeap heap = CodeHeap.create()) {
            Grouped.Groups groups = TestHeaps.zones(heap).groups();
            for (int count = 0; count < 100; count++) {
                heap.openGroup();
            }
            long end = System.nanoTime() + LONGEST_WAIT.toNanos();
            while (groups.knownCount() > 1) {
                assertThat(System.nanoTime()).as("%d groups are known", groups.knownCount()).isLessThan(end);
                System.gc();
                Thread.sleep(10);
                heap.openGroup().close();
            }
            heap.closeAll();
        }
    }
}
