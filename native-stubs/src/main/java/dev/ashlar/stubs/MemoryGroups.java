package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether the memory control groups of this process, its own and those above it, have room for more memory.
 * The kernel answers a touch beyond the limit by ending a process, so the question comes before.
 *
 * <p>The answer is an estimate: other processes of a group take memory at any time, and not all cache can be reclaimed.
 * If a group cannot be read, it counts as unlimited. Not thread-safe.
 */
public final class MemoryGroups {

    private static final long LIMITS_HOLD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Above this, a limit of version 1 means none. */
    private static final long NO_LIMIT = 1L << 62;

    private final ControlGroups groups;
    private final String limitFile;
    private final String usageFile;
    private List<Limited> limited = List.of();
    private long limitsReadNanos;
    private boolean areLimitsRead;

    /** Finds the groups of this process. */
    public MemoryGroups() {
        this(ControlGroups.of("memory"));
    }

    MemoryGroups(ControlGroups groups) {
        this.groups = groups;
        this.limitFile = groups.version() == 1 ? "memory.limit_in_bytes" : "memory.max";
        this.usageFile = groups.version() == 1 ? "memory.usage_in_bytes" : "memory.current";
    }

    private record Limited(Path folder, long byteSize) {}

    /**
     * A group without room.
     *
     * @param folder the group's folder
     * @param limitFile the file that holds its limit
     * @param limitByteSize bytes that the group may use
     * @param usageByteSize bytes that it uses
     * @param reclaimableByteSize bytes of these that the kernel can take back: cache, and what swap space can hold
     */
    public record Full(Path folder, String limitFile, long limitByteSize, long usageByteSize,
            long reclaimableByteSize) {}

    /** {@return the innermost group without room for so much more memory, or empty if each has room} */
    public Optional<Full> withoutRoomFor(long byteSize) {
        for (Limited group : limited()) {
            OptionalLong usage = ControlGroups.number(group.folder().resolve(usageFile));
            if (usage.isEmpty() || usage.getAsLong() + byteSize <= group.byteSize()) {
                continue;
            }
            // Only now: this file is expensive for the kernel. Usage alone is near the limit wherever files are read.
            long reclaimable = reclaimable(group.folder());
            if (usage.getAsLong() - reclaimable + byteSize > group.byteSize()) {
                return Optional.of(
                        new Full(group.folder(), limitFile, group.byteSize(), usage.getAsLong(), reclaimable));
            }
        }
        return Optional.empty();
    }

    private List<Limited> limited() {
        long now = System.nanoTime();
        if (!areLimitsRead || now - limitsReadNanos > LIMITS_HOLD_NANOS) {
            List<Limited> found = new ArrayList<>();
            for (Path folder : groups.folders()) {
                OptionalLong limit = ControlGroups.number(folder.resolve(limitFile));
                if (limit.isPresent() && limit.getAsLong() >= 0 && limit.getAsLong() < NO_LIMIT) {
                    found.add(new Limited(folder, limit.getAsLong()));
                }
            }
            limited = List.copyOf(found);
            limitsReadNanos = now;
            areLimitsRead = true;
        }
        return limited;
    }

    private long reclaimable(Path folder) {
        String statistics = KernelFile.text(folder.resolve("memory.stat")).orElse("");
        long cache = groups.version() == 1
                ? row(statistics, "total_inactive_file") + row(statistics, "total_active_file")
                : row(statistics, "inactive_file") + row(statistics, "active_file")
                        + row(statistics, "slab_reclaimable");
        return cache + swappable(folder);
    }

    private long swappable(Path folder) {
        long free = MemInfo.read().value("SwapFree").orElse(0);
        if (free == 0) {
            return 0;
        }
        boolean isFirstVersion = groups.version() == 1;
        OptionalLong limit = ControlGroups
                .number(folder.resolve(isFirstVersion ? "memory.memsw.limit_in_bytes" : "memory.swap.max"));
        OptionalLong usage = ControlGroups
                .number(folder.resolve(isFirstVersion ? "memory.memsw.usage_in_bytes" : "memory.swap.current"));
        return limit.isPresent() && usage.isPresent()
                ? Math.min(free, Math.max(0, limit.getAsLong() - usage.getAsLong()))
                : free;
    }

    private static long row(String statistics, String name) {
        return statistics.lines().filter(line -> line.startsWith(name + " "))
                .findFirst().map(line -> KernelFile.number(line.substring(name.length() + 1)))
                .orElse(OptionalLong.empty()).orElse(0);
    }
}
