package dev.ashlar.bench.designs;

import java.util.ArrayList;
import java.util.List;

/** Sees how full each part of each region is of live bytes. */
final class FillObserver {

    private FillObserver() {}

    /**
     * {@return for each region that a block touches, lowest first, how full each of its cells is, from 0 to 1}
     *
     * @param eventCount events of the load before the look
     */
    static List<List<Double>> rows(Design kind, Load load, int eventCount, Ground ground, int cellsPerRegion) {
        int cellByteSize = PlacementDesign.REGION_BYTE_SIZE / cellsPerRegion;
        long[] live = new long[Math.multiplyExact(ground.regionCount(), cellsPerRegion)];
        long[] offsets = new long[load.slotCount()];
        try (PlacementDesign design = kind.on(ground)) {
            for (int event = 0; event < eventCount; event++) {
                int slot = load.slot(event);
                int byteSize = load.byteSize(event);
                if (slot >= 0) {
                    offsets[slot] = design.allocate(byteSize);
                    add(live, cellByteSize, offsets[slot], byteSize, 1);
                } else {
                    design.free(offsets[~slot], byteSize);
                    add(live, cellByteSize, offsets[~slot], byteSize, -1);
                }
            }
        }
        List<List<Double>> rows = new ArrayList<>();
        for (int region = 0; region < ground.regionCount(); region++) {
            List<Double> row = new ArrayList<>();
            for (int cell = 0; cell < cellsPerRegion; cell++) {
                row.add((double) live[region * cellsPerRegion + cell] / cellByteSize);
            }
            if (row.stream().anyMatch(fill -> fill > 0)) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static void add(long[] live, int cellByteSize, long offset, int byteSize, int sign) {
        long end = offset + byteSize;
        for (long at = offset; at < end;) {
            int cell = (int) (at / cellByteSize);
            long cellEnd = Math.min(end, (cell + 1L) * cellByteSize);
            live[cell] += sign * (cellEnd - at);
            at = cellEnd;
        }
    }
}
