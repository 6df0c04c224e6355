package dev.ashlar.tool.replay;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.ProcessMaps;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;

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
        HeapStats stats = heap.stats();
        this.committedPeak = stats.committedByteSize();
        this.moment = Moment.of(stats, heap.audit());
    }

    void allocation(int byteSize, Runnable event) {
        run(event);
        // Counted after it succeeded and subtracted before its free, so that the sum is never too high.
        long now = live.addAndGet(byteSize);
        livePeak.accumulateAndGet(now, Math::max);
        if (heap.committedByteSize() > committedPeak) {
            measure();
        }
    }

    /** {@return most bytes of committed regions at once, even if another thread released some immediately} */
    long committedPeakByteSize() {
        return heap.stats().peakCommittedByteSize();
    }

    void free(int byteSize, Runnable event) {
        live.addAndGet(-byteSize);
        run(event);
    }

    /** {@return most bytes asked for and live at once, over all workers} */
    long livePeakByteSize() {
        return livePeak.get();
    }

    /** {@return the measurement at the time when most was committed} */
    Moment peak() {
        return moment;
    }

    private void run(Runnable event) {
        gate.readLock().lock();
        try {
            event.run();
        } finally {
            gate.readLock().unlock();
        }
    }

    private void measure() {
        gate.writeLock().lock();
        try {
            HeapStats stats = heap.stats();
            if (stats.committedByteSize() > committedPeak) {
                committedPeak = stats.committedByteSize();
                moment = Moment.of(stats, heap.audit());
            }
        } finally {
            gate.writeLock().unlock();
        }
    }

    /**
     * The heap and the kernel at one moment.
     *
     * @param committedByteSize bytes of committed regions, each physical byte once
     * @param metadataByteSize the heap's own bookkeeping
     * @param regionCount committed regions
     * @param vmaCount VMAs inside the heap's reservation
     * @param processVmaCount VMAs of the whole process
     * @param intendedHugeByteSize bytes that should be mapped huge, in all views
     * @param hugeByteSize bytes of these that are
     * @param backing the backings in use, best first, joined by a plus sign
     */
    record Moment(
            long committedByteSize,
            long metadataByteSize,
            int regionCount,
            int vmaCount,
            int processVmaCount,
            long intendedHugeByteSize,
            long hugeByteSize,
            String backing) {

        static Moment of(HeapStats stats, HeapAudit audit) {
            return new Moment(stats.committedByteSize(), stats.metadataByteSize(), audit.regions().size(),
                    audit.vmaCount(), ProcessMaps.read().count(), audit.intendedHugeByteSize(), audit.hugeByteSize(),
                    backing(stats));
        }

        private static String backing(HeapStats stats) {
            return Arrays.stream(Backing.values())
                    .filter(stats.committedByBacking()::containsKey)
                    .map(Backing::label)
                    .collect(Collectors.joining("+"));
        }
    }
}
