package dev.ashlar.tool.demo;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Smaps;
import java.util.ArrayList;
import java.util.List;

/** Asks the kernel about the mappings of single functions. */
final class MappingWitness implements FunctionLoad.Witness {

    private static final long PAGE_BYTE_SIZE = 4096;

    private final FunctionLoad load;

    MappingWitness(FunctionLoad load) {
        this.load = load;
    }

    @Override
    public long mappedByteSize() {
        return ranges().stream().mapToLong(AddressRange::byteSize).sum();
    }

    @Override
    public long hugeByteSize() {
        return Smaps.readWithin(ranges()).totals().huge();
    }

    @Override
    public void look(boolean half) {
        // Nothing beyond what is counted for every kind of memory.
    }

    private List<AddressRange> ranges() {
        List<AddressRange> ranges = new ArrayList<>();
        for (int function = 0; function < FunctionLoad.FUNCTION_COUNT; function++) {
            long pages = Math.ceilDiv(load.byteSize(function), PAGE_BYTE_SIZE);
            ranges.add(AddressRange.ofSize(load.address(function), pages * PAGE_BYTE_SIZE));
        }
        return ranges;
    }
}
