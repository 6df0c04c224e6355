package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The state of the system's memory, from {@code /proc/meminfo}; sizes in bytes. */
public final class MemInfo {

    private static final Path FILE = Path.of("/proc/meminfo");

    private final Map<String, Long> values;

    private MemInfo(Map<String, Long> values) {
        this.values = values;
    }

    /** {@return the values now; none if the file cannot be read} */
    public static MemInfo read() {
        return parse(KernelFile.text(FILE).orElse(""));
    }

    /** Parses lines of the form {@code Name: value [kB]}; skips others. */
    public static MemInfo parse(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                String value = line.substring(colon + 1);
                OptionalLong number = value.endsWith(" kB") ? KernelFile.byteSize(value) : KernelFile.number(value);
                number.ifPresent(found -> values.put(line.substring(0, colon), found));
            }
        });
        return new MemInfo(values);
    }

    /** {@return a value under the kernel's name, in bytes if it is a size, or empty if this kernel lacks it} */
    public OptionalLong value(String name) {
        Long value = values.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** {@return memory that can be had without swapping, in bytes} */
    public OptionalLong available() {
        return value("MemAvailable");
    }

    /** {@return bytes of the kernel's direct map by page size, under names such as "DirectMap2M"; x86 has them} */
    public Map<String, Long> directMap() {
        Map<String, Long> directMap = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith("DirectMap")) {
                directMap.put(name, value);
            }
        });
        return directMap;
    }
}
