package dev.ashlar.tool.mappings;

import dev.ashlar.tool.mappings.CellFigures.Moment;
import java.util.List;
import java.util.function.Predicate;

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

        boolean hasJoint() {
            return jointCount > 0;
        }

        boolean isSplit() {
            return intended && !huge;
        }

        /** {@return whether it is split without need: all of it has one permission, or nothing in it is live} */
        boolean isMendable() {
            return isSplit() && (!hasJoint() || !live);
        }
    }

    /** {@return the number of regions of a kind} */
    int count(Predicate<Region> kind) {
        return (int) regions.stream().filter(kind).count();
    }

    int jointCount() {
        return regions.stream().mapToInt(Region::jointCount).sum();
    }

    int jointsPerRegionMax() {
        return regions.stream().mapToInt(Region::jointCount).max().orElse(0);
    }

    /** {@return this snapshot with the bytes that were committed and live when it was taken} */
    Moment moment(long committedByteSize, long liveByteSize) {
        long intended = count(Region::intended) * PublishMethod.REGION_BYTE_SIZE;
        int splits = count(Region::isSplit);
        return new Moment(vmaCount, processVmaCount, regions.size(), intended,
                intended - splits * PublishMethod.REGION_BYTE_SIZE, splits, count(Region::isMendable), jointCount(),
                strayVmaCount, committedByteSize, liveByteSize);
    }
}
