package dev.ashlar.tool.mappings;

import dev.ashlar.tool.mappings.CellFigures.Moment;
import dev.ashlar.tool.mappings.CellFigures.Throughout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Adds up the looks of a workload: the worst of all, and the regions that were split. Not thread-safe. */
final class SnapshotTotals {

    private static final long REGION_BYTE_SIZE = PublishMethod.REGION_BYTE_SIZE;

    private final Supplier<Snapshot> probe;
    private final PublishMethod method;
    private final Functions functions;
    private Map<Long, History> regions = new HashMap<>();
    private @Nullable Snapshot last;
    private Throughout throughout = new Throughout(0, null, 0, 0, 0, 0, 0);
    private int splits;
    private int splitsPerLifetimeMax;
    private long splitNanos;

    SnapshotTotals(Supplier<Snapshot> probe, PublishMethod method, Functions functions) {
        this.probe = probe;
        this.method = method;
        this.functions = functions;
    }

    /** What is known of a region from look to look. */
    private static final class History {
        private boolean split;
        private int splitsOfLifetime;
    }

    /** Takes a snapshot and adds it to the totals. */
    Moment look() {
        Snapshot now = probe.get();
        Throughout before = throughout;
        throughout = new Throughout(before.looks() + 1,
                least(before.hugePercentMin(), now),
                Math.max(before.vmasMax(), now.vmaCount()),
                Math.max(before.processVmasMax(), now.processVmaCount()),
                Math.max(before.strayVmasMax(), now.strayVmaCount()),
                Math.max(before.jointsPerRegionMax(), now.jointsPerRegionMax()),
                Math.max(before.jointedRegionsMax(), now.jointedCount()));
        countSplits(now);
        last = now;
        return moment(now);
    }

    /** Takes a snapshot after the workload; it does not count for the totals. */
    Moment lookAfterwards() {
        return moment(probe.get());
    }

    private static @Nullable Double least(@Nullable Double before, Snapshot now) {
        if (now.intendedCount() == 0) {
            return before;
        }
        double percent = 100.0 * (now.intendedCount() - now.splitCount()) / now.intendedCount();
        return before == null ? percent : Math.min(before, percent);
    }

    private void countSplits(Snapshot snapshot) {
        long sinceLast = last == null ? 0 : snapshot.nanos() - last.nanos();
        Map<Long, History> now = new HashMap<>();
        for (Snapshot.Region region : snapshot.regions()) {
            // A region that was released in between is unknown and begins a new life.
            History history = regions.getOrDefault(region.start(), new History());
            if (!region.live()) {
                history.splitsOfLifetime = 0;
            }
            if (region.isSplit()) {
                splitNanos += sinceLast;
                if (!history.split) {
                    splits++;
                    history.splitsOfLifetime++;
                    splitsPerLifetimeMax = Math.max(splitsPerLifetimeMax, history.splitsOfLifetime);
                }
            }
            history.split = region.isSplit();
            now.put(region.start(), history);
        }
        regions = now;
    }

    private Moment moment(Snapshot snapshot) {
        long intended = snapshot.intendedCount() * REGION_BYTE_SIZE;
        return new Moment(snapshot.vmaCount(), snapshot.processVmaCount(), snapshot.regions().size(), intended,
                intended - snapshot.splitCount() * REGION_BYTE_SIZE, snapshot.splitCount(), snapshot.mendableCount(),
                snapshot.jointCount(), snapshot.strayVmaCount(), method.committedByteSize(),
                functions.liveByteSize());
    }

    Throughout throughout() {
        return throughout;
    }

    int splits() {
        return splits;
    }

    int splitsPerLifetimeMax() {
        return splitsPerLifetimeMax;
    }

    long splitNanos() {
        return splitNanos;
    }
}
