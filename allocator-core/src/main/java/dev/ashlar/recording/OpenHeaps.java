package dev.ashlar.recording;

import dev.ashlar.report.AshlarException;
import dev.ashlar.report.HeapStats;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The heaps whose statistics are recorded. It does not keep them reachable. Thread-safe. */
final class OpenHeaps {
    private final List<OpenHeap<?>> heaps = new CopyOnWriteArrayList<>();

    private record OpenHeap<T>(WeakReference<T> heap, String name, Function<T, HeapStats> stats) {
        /** {@return its statistics, or null if it is closed, damaged or unreachable} */
        @Nullable HeapStats read() {
            T found = heap.get();
            try {
                return found == null ? null : stats.apply(found);
            } catch (AshlarException ended) {
                return null;
            }
        }
    }

    <T> void add(T heap, String name, Function<T, HeapStats> stats) {
        heaps.removeIf(known -> known.heap().refersTo(null));
        heaps.add(new OpenHeap<>(new WeakReference<>(heap), name, stats));
    }

    /** Commits an event for each heap, and forgets those that have none. */
    void record() {
        List<OpenHeap<?>> ended = new ArrayList<>();
        for (OpenHeap<?> heap : heaps) {
            HeapStats stats = heap.read();
            if (stats == null) {
                ended.add(heap);
            } else {
                HeapStatisticsEvent event = new HeapStatisticsEvent();
                event.fill(heap.name(), stats);
                event.commit();
            }
        }
        heaps.removeAll(ended);
    }
}
