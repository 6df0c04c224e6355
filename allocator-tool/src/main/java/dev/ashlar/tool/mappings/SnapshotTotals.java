package dev.ashlar.tool.mappings;

import dev.ashlar.tool.mappings.CellFigures.Books;
import dev.ashlar.tool.mappings.CellFigures.Splits;
import dev.ashlar.tool.mappings.CellFigures.Throughout;
import dev.ashlar.tool.mappings.Snapshot.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Adds up the looks of a workload: the worst of all, and the regions that were split. Not thread-safe. */
final class SnapshotTotals {

    private final List<Snapshot> looks = new ArrayList<>();
    /** The starts of the regions that were split at the last look. */
    private final Set<Long> split = new HashSet<>();
    /** How often a region was split since its contents began. */
    private final Map<Long, Integer> splitsOfLifetime = new HashMap<>();
    private int splits;
    private int splitsPerLifetimeMax;
    private long splitNanos;

    /** Adds a snapshot, which is later than those before. */
    void add(Snapshot snapshot) {
        countSplits(snapshot);
        looks.add(snapshot);
    }

    /** {@return the worst of all looks} */
    Throughout throughout() {
        OptionalDouble hugePercentMin = looks.stream()
                .filter(look -> look.count(Region::intended) > 0)
                .mapToDouble(look -> 100 - 100.0 * look.count(Region::isSplit) / look.count(Region::intended))
                .min();
        return new Throughout(looks.size(), hugePercentMin.isPresent() ? hugePercentMin.getAsDouble() : null,
                max(Snapshot::vmaCount), max(Snapshot::processVmaCount), max(Snapshot::strayVmaCount),
                max(Snapshot::jointsPerRegionMax), max(look -> look.count(Region::hasJoint)));
    }

    private int max(ToIntFunction<Snapshot> figure) {
        return looks.stream().mapToInt(figure).max().orElse(0);
    }

    /** {@return the splits seen, with what else is known of them} */
    Splits splits(long runNanos, long thpSplitPmd, @Nullable Books books) {
        return new Splits(splits, splitsPerLifetimeMax, splitNanos, runNanos, thpSplitPmd, books);
    }

    private void countSplits(Snapshot snapshot) {
        long sinceLast = looks.isEmpty() ? 0 : snapshot.nanos() - looks.getLast().nanos();
        // A region that was released in between is unknown and begins a new life.
        Set<Long> known = snapshot.regions().stream().map(Region::start).collect(Collectors.toSet());
        split.retainAll(known);
        splitsOfLifetime.keySet().retainAll(known);
        for (Region region : snapshot.regions()) {
            if (!region.live()) {
                splitsOfLifetime.remove(region.start());
            }
            if (!region.isSplit()) {
                split.remove(region.start());
                continue;
            }
            splitNanos += sinceLast;
            if (split.add(region.start())) {
                splits++;
                splitsPerLifetimeMax =
                        Math.max(splitsPerLifetimeMax, splitsOfLifetime.merge(region.start(), 1, Integer::sum));
            }
        }
    }
}
