package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The counters of {@code /proc/vmstat}. They count for the whole system since its start, so only differences are
 * meaningful, and other processes change them too.
 */
public final class VmStat {

    private static final Path FILE = Path.of("/proc/vmstat");

    private final Map<String, Long> counters;

    private VmStat(Map<String, Long> counters) {
        this.counters = Map.copyOf(counters);
    }

    /** {@return the counters now; none if the file cannot be read} */
    public static VmStat read() {
        return parse(KernelFile.text(FILE).orElse(""));
    }

    /** Parses lines of the form {@code name value}; skips others. */
    public static VmStat parse(String text) {
        Map<String, Long> counters = new HashMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            if (space > 0) {
                KernelFile.number(line.substring(space + 1))
                        .ifPresent(value -> counters.put(line.substring(0, space), value));
            }
        });
        return new VmStat(counters);
    }

    /** {@return a counter, or empty if this kernel lacks it} */
    public OptionalLong counter(String name) {
        Long value = counters.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** {@return how many huge mappings were split into small pages; hugetlb never counts} */
    public OptionalLong thpSplitPmd() {
        return counter("thp_split_pmd");
    }

    /** {@return every counter by its name} */
    public Map<String, Long> counters() {
        return counters;
    }
}
