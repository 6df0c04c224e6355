package dev.ashlar;

import dev.ashlar.report.HeapReport;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import java.util.List;

/** What a heap could leave in the tables of the kernel. */
final class Traces {
    private Traces() {}

    /** Fails if a closed heap has left a mapping. The JVM may have mapped memory of its own there. */
    static void requireNone(HeapReport report) {
        List<AddressRange> views = List.of(
                AddressRange.ofSize(report.address(), report.capacityByteSize()),
                AddressRange.ofSize(report.writableAddress(), report.capacityByteSize()));
        for (Mapping mapping : ProcessMaps.readWithin(Libc.system(), views).mappings()) {
            Check.require(!mapping.permissions().equals("---p") && !mapping.path().startsWith("/memfd:")
                    && !mapping.path().startsWith("/secretmem"), "left: " + mapping);
        }
    }
}
