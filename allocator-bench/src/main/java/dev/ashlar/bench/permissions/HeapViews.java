package dev.ashlar.bench.permissions;

import dev.ashlar.HeapReport;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.AddressRange;
import java.util.List;

/** Where the memory of a heap of ours lies. */
final class HeapViews {

    /** Room for data beside the code: what is written before it is copied to where it will run. */
    static final long DATA_BYTE_SIZE = 16L << 20;

    /** Between code and data lies a region that is never committed. */
    private static final long GUARD_BYTE_SIZE = 2L << 20;

    private HeapViews() {}

    /** {@return the views of a heap with {@link #DATA_BYTE_SIZE} of data and no constants, where the code runs first} */
    static List<AddressRange> of(HeapReport report) {
        long codeByteSize = report.capacityByteSize();
        if (report.writePath() == WritePath.ALIAS) {
            return List.of(AddressRange.ofSize(report.executableAddress(), codeByteSize),
                    AddressRange.ofSize(report.writableAddress(), codeByteSize));
        }
        return List.of(AddressRange.ofSize(report.executableAddress(), codeByteSize + GUARD_BYTE_SIZE
                + DATA_BYTE_SIZE));
    }
}
