package dev.ashlar.tool.mappings;

import java.util.List;

/**
 * The kernel's tables at one look.
 *
 * @param nanos when, by {@link System#nanoTime()}
 * @param vmaCount VMAs of the method's views, or those that hold a live function if it has none
 * @param processVmaCount VMAs of the process
 * @param regions committed regions of each view
 * @param strayVmaCount VMAs with the same permissions as the one before them, which the kernel could have merged
 */
record Snapshot(long nanos, int vmaCount, int processVmaCount, List<Region> regions, int strayVmaCount) {

    /**
     * A committed region in one view.
     *
     * @param intended whether it should be mapped by one huge entry
     * @param huge whether it is
     * @param jointCount VMA boundaries inside
     * @param live whether a live function lies in it
     */
    record Region(long start, boolean intended, boolean huge, int jointCount, boolean live) {

        boolean isSplit() {
            return intended && !huge;
        }

        /** {@return whether it is split without need: all of it has one permission, or nothing in it is live} */
        boolean isMendable() {
            return isSplit() && (jointCount == 0 || !live);
        }
    }

    int intendedCount() {
        return (int) regions.stream().filter(Region::intended).count();
    }

    int splitCount() {
        return (int) regions.stream().filter(Region::isSplit).count();
    }

    int mendableCount() {
        return (int) regions.stream().filter(Region::isMendable).count();
    }

    int jointCount() {
        return regions.stream().mapToInt(Region::jointCount).sum();
    }

    int jointedCount() {
        return (int) regions.stream().filter(region -> region.jointCount > 0).count();
    }

    int jointsPerRegionMax() {
        return regions.stream().mapToInt(Region::jointCount).max().orElse(0);
    }
}
