package dev.ashlar.tool.permissions;

import dev.ashlar.tool.permissions.CellFigures.Moment;
import dev.ashlar.tool.permissions.CellFigures.Throughout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Adds one look to the next: the worst of all, and which regions were split on the way. Not thread-safe. */
final class Watch {

    private static final long REGION_BYTE_SIZE = 2L << 20;

    private final Supplier<Sight> eye;
    private final Way way;
    private final Functions functions;
    private Map<Long, Seen> regions = new HashMap<>();
    private @Nullable Sight last;

    private int looks;
    private @Nullable Double hugePercentMin;
    private int vmasMax;
    private int processVmasMax;
    private int strayVmasMax;
    private int jointsPerRegionMax;
    private int jointedRegionsMax;

    private int splits;
    private int splitsPerLifetimeMax;
    private long splitNanos;

    /**
     * Has seen nothing yet.
     *
     * @param eye looks at the kernel's tables
     */
    Watch(Supplier<Sight> eye, Way way, Functions functions) {
        this.eye = eye;
        this.way = way;
        this.functions = functions;
    }

    /** What is known of a region from look to look. */
    private static final class Seen {
        private boolean split;
        private int splitsOfLifetime;
    }

    /** {@return what is seen now; it counts for the totals} */
    Moment look() {
        Sight sight = eye.get();
        looks++;
        vmasMax = Math.max(vmasMax, sight.vmaCount());
        processVmasMax = Math.max(processVmasMax, sight.processVmaCount());
        strayVmasMax = Math.max(strayVmasMax, sight.strayVmaCount());
        jointsPerRegionMax = Math.max(jointsPerRegionMax, sight.jointsPerRegionMax());
        jointedRegionsMax = Math.max(jointedRegionsMax, sight.jointedCount());
        if (sight.intendedCount() > 0) {
            double percent = 100.0 * (sight.intendedCount() - sight.splitCount()) / sight.intendedCount();
            hugePercentMin = hugePercentMin == null ? percent : Math.min(hugePercentMin, percent);
        }
        noteSplits(sight);
        last = sight;
        return moment(sight);
    }

    /** Looks after the load is over: what is seen counts for no total. */
    Moment lookAfterwards() {
        return moment(eye.get());
    }

    private void noteSplits(Sight sight) {
        long sinceLast = last == null ? 0 : sight.nanos() - last.nanos();
        Map<Long, Seen> now = new HashMap<>();
        for (Sight.Region region : sight.regions()) {
            // A region that was released in between, and so is not among the known, begins a new life.
            Seen seen = regions.getOrDefault(region.start(), new Seen());
            if (!region.live()) {
                seen.splitsOfLifetime = 0;
            }
            if (region.isSplit()) {
                splitNanos += sinceLast;
                if (!seen.split) {
                    splits++;
                    seen.splitsOfLifetime++;
                    splitsPerLifetimeMax = Math.max(splitsPerLifetimeMax, seen.splitsOfLifetime);
                }
            }
            seen.split = region.isSplit();
            now.put(region.start(), seen);
        }
        regions = now;
    }

    private Moment moment(Sight sight) {
        long intended = sight.intendedCount() * REGION_BYTE_SIZE;
        return new Moment(sight.vmaCount(), sight.processVmaCount(), sight.regions().size(), intended,
                intended - sight.splitCount() * REGION_BYTE_SIZE, sight.splitCount(), sight.mendableCount(),
                sight.jointCount(), sight.strayVmaCount(), way.committedByteSize(), functions.liveByteSize());
    }

    Throughout throughout() {
        return new Throughout(looks, hugePercentMin, vmasMax, processVmasMax, strayVmasMax, jointsPerRegionMax,
                jointedRegionsMax);
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
