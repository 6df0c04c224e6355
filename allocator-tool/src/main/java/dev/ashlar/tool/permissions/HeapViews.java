package dev.ashlar.tool.permissions;

import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapReport;
import dev.ashlar.stubs.AddressRange;
import java.util.List;

/** Where the memory of a heap of ours lies. */
final class HeapViews {

    /** Room for constants beside the code, and as much for data: also for what is written before it is copied. */
    static final long OTHER_BYTE_SIZE = 16L << 20;

    /** Between code, constants and data lie regions that are never committed. */
    private static final long GUARD_BYTE_SIZE = 2L << 20;

    private HeapViews() {}

    /**
     * {@return the views of a heap with {@link #OTHER_BYTE_SIZE} of constants and of data, where the code runs first;
     * on ALIAS those of the code, which has no need of the others}
     */
    static List<AddressRange> of(HeapReport report) {
        long codeByteSize = report.capacityByteSize();
        if (report.writePath() == WritePath.ALIAS) {
            return List.of(AddressRange.ofSize(report.executableAddress(), codeByteSize),
                    AddressRange.ofSize(report.writableAddress(), codeByteSize));
        }
        return List.of(AddressRange.ofSize(report.executableAddress(), codeByteSize
                + 2 * (GUARD_BYTE_SIZE + OTHER_BYTE_SIZE)));
    }
}
