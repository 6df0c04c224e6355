package dev.ashlar.tool.secret;

import dev.ashlar.stubs.MemInfo;
import dev.ashlar.stubs.VmStat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the kernel counts about its own map of memory, for the whole system since its start: pages split
 * ({@code direct_map_level2_splits} and its like in {@code /proc/vmstat}), and bytes by page size
 * ({@code DirectMap2M} and its like in {@code /proc/meminfo}). Which of them exist depends on architecture and kernel.
 */
final class DirectMap {
    private DirectMap() {}

    /** {@return the counters by the kernel's names, sorted} */
    static Map<String, Long> read() {
        Map<String, Long> counters = new TreeMap<>(MemInfo.read().directMap());
        VmStat.read().counters().forEach((name, value) -> {
            if (name.startsWith("direct_map_")) {
                counters.put(name, value);
            }
        });
        return counters;
    }
}
