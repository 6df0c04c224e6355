package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;

/** What a {@link Filling} may know of a run: the stretches that were free at its start, less the parts used since. */
final class FillingModel {
    final PackedRun run;
    /** First granule to the granule after the stretch, without the current stretch. */
    private final TreeMap<Integer, Integer> others = new TreeMap<>();

    private int next;
    private int end;

    /** Pre: no block has been placed yet. */
    FillingModel(PackedRun run) {
        this(run, 0, 0);
    }

    /** Pre: one block has been placed. */
    FillingModel(PackedRun run, int first, int count) {
        this.run = run;
        int from = 0;
        for (int granule = 0; granule <= PackedRun.GRANULE_COUNT; granule++) {
            boolean wasFree = run.isFree(granule) || (granule >= first && granule < first + count);
            if (!wasFree) {
                keep(from, granule);
                from = granule + 1;
            }
        }
    }

    /** {@return the longest free stretch, counted from the granules of the run and not from its own figure} */
    static int longestFree(PackedRun run) {
        int longest = 0;
        int from = 0;
        for (int granule = 0; granule <= PackedRun.GRANULE_COUNT; granule++) {
            if (!run.isFree(granule)) {
                longest = Math.max(longest, granule - from);
                from = granule + 1;
            }
        }
        return longest;
    }

    private void keep(int from, int to) {
        if (to - from >= PackedRuns.LEAST_GRANULE_COUNT) {
            others.put(from, to);
        }
    }

    private static int aligned(int granule, int alignment) {
        return Math.ceilDiv(granule, alignment) * alignment;
    }

    /** {@return where the current stretch continues} */
    int next() {
        return next;
    }

    /** {@return whether a block has been placed} */
    boolean hasBegun() {
        return end > 0;
    }

    boolean goesOn(int count, int alignment) {
        return aligned(next, alignment) + count <= end;
    }

    boolean fits(int count, int alignment) {
        return goesOn(count, alignment) || holdsElsewhere(count + alignment - 1);
    }

    boolean canHold(int length) {
        return end - next >= length || holdsElsewhere(length);
    }

    private boolean holdsElsewhere(int length) {
        return others.entrySet().stream().anyMatch(stretch -> stretch.getValue() - stretch.getKey() >= length);
    }

    /** Checks that a block was placed after the previous one, or, if there is no room, at the start of a stretch. */
    void place(int first, int count, int alignment) {
        if (!goesOn(count, alignment)) {
            Map.Entry<Integer, Integer> stretch = others.floorEntry(first);
            assertThat(stretch).as("the stretch of granule %d", first).isNotNull();
            assertThat(stretch.getValue() - stretch.getKey()).isGreaterThanOrEqualTo(count + alignment - 1);
            others.remove(stretch.getKey());
            keep(next, end);
            next = stretch.getKey();
            end = stretch.getValue();
        }
        assertThat(first).as("the first aligned place").isEqualTo(aligned(next, alignment));
        keep(next, first);
        next = first + count;
    }
}
