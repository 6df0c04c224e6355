package dev.ashlar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where the live blocks of a heap lie. */
final class Ranges {
    private final TreeMap<Long, Long> byteSizes = new TreeMap<>();
    /** Every address that was ever the first of a block. */
    private final List<Long> starts = new ArrayList<>();

    void add(long start, long byteSize, long byteAlignment) {
        Check.require(byteSize > 0, "a block of " + byteSize + " bytes");
        Check.require(start % Math.max(byteAlignment, 16) == 0, "not aligned: " + start + ", " + byteAlignment);
        Map.Entry<Long, Long> before = byteSizes.lowerEntry(start + byteSize);
        Check.require(before == null || before.getKey() + before.getValue() <= start,
                "overlaps " + before + ": " + start + ", " + byteSize);
        byteSizes.put(start, byteSize);
        starts.add(start);
    }

    void remove(long start) {
        Check.require(byteSizes.remove(start) != null, "no block at " + start);
    }

    /** {@return the first address of the block around an address, 0 if there is none} */
    long containing(long address) {
        Map.Entry<Long, Long> before = byteSizes.floorEntry(address);
        return before != null && address < before.getKey() + before.getValue() ? before.getKey() : 0;
    }

    /** {@return an address near one at which a block lies or lay, or any address} */
    long address(Script script) {
        if (starts.isEmpty() || script.below(8) == 7) {
            return script.number();
        }
        long start = starts.get(script.below(starts.size()));
        return script.isChosen() ? start : start + script.number();
    }
}
