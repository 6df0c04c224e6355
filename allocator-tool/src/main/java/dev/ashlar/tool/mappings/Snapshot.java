package dev.ashlar.tool.permissions;

import java.util.List;

/**
 * What the kernel's tables said at one look.
 *
 * @param nanos when, by {@link System#nanoTime()}
 * @param vmaCount VMAs of the address space in question
 * @param processVmaCount VMAs of the process
 * @param regions committed regions of every view
 * @param strayVmaCount VMAs that allow what the one before them allows, and are not one with it
 */
record Sight(long nanos, int vmaCount, int processVmaCount, List<Region> regions, int strayVmaCount) {

    Sight {
        regions = List.copyOf(regions);
    }

    /**
     * A committed region in one view.
     *
     * @param start its address
     * @param intended whether it is meant to be mapped by one huge entry
     * @param huge whether it is
     * @param jointCount VMA boundaries inside
     * @param live whether a live function lies in it
     */
    record Region(long start, boolean intended, boolean huge, int jointCount, boolean live) {

        boolean isSplit() {
            return intended && !huge;
        }

        /** {@return whether it is split for no reason: all of it has one permission, or nothing in it is live} */
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
