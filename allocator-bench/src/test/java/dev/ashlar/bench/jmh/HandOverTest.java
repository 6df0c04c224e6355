package dev.ashlar.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.infra.Control;

/** Goal: each block arrives at the other thread once and in order, and no thread waits forever. */
final class HandOverTest {

    private final HandOver ring = new HandOver();
    private final Control control = new Control();

    @Test
    void blocksArriveInOrderAcrossThreads() throws InterruptedException {
        int count = 20 * HandOver.CAPACITY;
        Thread giver = new Thread(() -> {
            for (int block = 0; block < count; block++) {
                ring.put(ring.room(control), 1000 + block, block);
            }
        });
        giver.start();
        for (int block = 0; block < count; block++) {
            long position = ring.next(control);
            assertThat(ring.address(position)).isEqualTo(1000 + block);
            assertThat(ring.byteSize(position)).isEqualTo(block);
            ring.done(position);
        }
        giver.join();
    }

    @Test
    void aSlotIsNotUsedAgainBeforeItsBlockIsDone() {
        for (int block = 0; block < HandOver.CAPACITY; block++) {
            long position = ring.room(control);
            assertThat(HandOver.slot(position)).isEqualTo(block);
            ring.put(position, 1, 1);
        }
        control.stopMeasurement = true;
        assertThat(ring.room(control)).isEqualTo(HandOver.ENDED);

        ring.done(ring.next(control));
        assertThat(HandOver.slot(ring.room(control))).isZero();
    }

    @Test
    void aWaitingThreadGivesUpWhenTheMeasurementEnds() {
        control.stopMeasurement = true;

        assertThat(ring.next(control)).isEqualTo(HandOver.ENDED);
    }
}
