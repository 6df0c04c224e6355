package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.region.Region;
import dev.ashlar.region.View;
import dev.ashlar.report.AddressReport;
import dev.ashlar.report.FormerBlock;
import java.util.Optional;

/** Finds out what lies at an address. */
public final class Locating {
    private Locating() {}

    /** {@return what a heap has at an address} */
    public static AddressReport describe(Zones zones, long address) {
        zones.first().requireOpen();
        for (Space space : zones.spaces()) {
            for (View view : space.zone().views()) {
                if (view.range().contains(address)) {
                    return describe(space, view, address);
                }
            }
        }
        return zones.ranges().stream().anyMatch(range -> range.contains(address))
                ? new AddressReport.Guard(address)
                : new AddressReport.Elsewhere(address);
    }

    private static AddressReport describe(Space space, View view, long address) {
        Domain domain = space.zone().domain();
        Observers observers = space.observers();
        long offset = address - view.base();
        long start = space.blocks().startOf(offset);
        long byteSize = start < 0 ? 0 : space.blocks().usableByteSize(start);
        // 0 if no live block has the byte, or if it was freed meanwhile.
        if (offset - start < byteSize) {
            String name = observers == null ? null : observers.nameAt(space.base() + start, space.base() + offset);
            return new AddressReport.LiveBlock(
                    address, domain, view.access(), view.base() + start, byteSize, Optional.ofNullable(name));
        }
        Optional<FormerBlock> last = observers == null ? Optional.empty() : observers.lastAt(space.base() + offset);
        return space.whileOpen(() -> space.regions().isCommitted(Region.indexOf(offset)))
                ? new AddressReport.FreeMemory(address, domain, view.access(), last)
                : new AddressReport.NotCommitted(address, domain, last);
    }
}
