package dev.ashlar.tool.replay;

import dev.ashlar.CodeHeap;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.ProcessMaps;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Watches a heap during the measuring pass: how much is live, and what the heap and the kernel say each time more
 * memory is committed than before. The newest such moment is the peak.
 *
 * <p>Workers run their events concurrently; a measurement stops all of them, so that the figures of the heap and of the
 * kernel belong to one moment.
 */
final class PeakWatch {

    private final CodeHeap heap;
    private final ReadWriteLock gate = new ReentrantReadWriteLock();
    private final AtomicLong live = new AtomicLong();
    private final AtomicLong livePeak = new AtomicLong();
    private volatile long committedPeak;
    private Moment moment;

    PeakWatch(CodeHeap heap) {
        this.heap = heap;
        // A heap that commits ahead has memory before the first allocation, which counts too.
        this.moment = Moment.of(heap);
        this.committedPeak = moment.stats.committedByteSize();
    }

    /**
     * Runs an event.
     *
     * @param liveChange bytes that it allocates, or minus the bytes that it frees
     */
    void run(long liveChange, Runnable event) {
        // Subtracted before a free and added after an allocation succeeded, so that the sum is never too high.
        live.addAndGet(Math.min(0, liveChange));
        gate.readLock().lock();
        try {
            event.run();
        } finally {
            gate.readLock().unlock();
        }
        livePeak.accumulateAndGet(live.addAndGet(Math.max(0, liveChange)), Math::max);
        if (heap.committedByteSize() > committedPeak) {
            measure();
        }
    }

    /** {@return most bytes asked for and live at once, over all workers} */
    long livePeakByteSize() {
        return livePeak.get();
    }

    /** {@return the measurement at the time when most was committed} */
    Moment peak() {
        return moment;
    }

    private void measure() {
        gate.writeLock().lock();
        try {
            if (heap.committedByteSize() > committedPeak) {
                moment = Moment.of(heap);
                committedPeak = moment.stats.committedByteSize();
            }
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** The heap and the kernel at one moment. */
    record Moment(HeapStats stats, HeapAudit audit, int processVmaCount) {

        static Moment of(CodeHeap heap) {
            return new Moment(heap.stats(), heap.audit(), ProcessMaps.read().count());
        }
    }
}
