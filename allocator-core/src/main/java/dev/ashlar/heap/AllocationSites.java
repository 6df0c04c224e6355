package dev.ashlar.heap;

import dev.ashlar.report.AllocationSite;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Where the live blocks were taken.
 *
 * <p>Thread-safe.
 */
final class AllocationSites {
    private static final int MOST_FRAMES = 8;
    private static final int MOST_IN_WARNING = 20;
    private static final List<String> OWN_PACKAGES = List.of("dev.ashlar", "dev.ashlar.heap");

    private final Map<Long, Taken> live = new ConcurrentHashMap<>();

    private record Taken(List<StackTraceElement> stack, long byteSize) {}

    void taken(long address, long byteSize) {
        List<StackTraceElement> stack = StackWalker.getInstance().walk(frames -> frames
                .dropWhile(frame -> OWN_PACKAGES.contains(packageOf(frame.getClassName())))
                .limit(MOST_FRAMES)
                .map(StackWalker.StackFrame::toStackTraceElement)
                .toList());
        live.put(address, new Taken(stack, byteSize));
    }

    private static String packageOf(String className) {
        return className.substring(0, Math.max(0, className.lastIndexOf('.')));
    }

    void shrunk(long address, long byteSize) {
        live.computeIfPresent(address, (_, taken) -> new Taken(taken.stack(), byteSize));
    }

    void freed(long address) {
        live.remove(address);
    }

    /** {@return the sites of the live blocks, those with the most bytes first} */
    List<AllocationSite> list() {
        return live.values().stream()
                .collect(Collectors.groupingBy(Taken::stack, Collectors.summarizingLong(Taken::byteSize)))
                .entrySet().stream()
                .map(site -> new AllocationSite(site.getKey(), site.getValue().getCount(), site.getValue().getSum()))
                .sorted(Comparator.comparingLong(AllocationSite::byteSize).reversed())
                .toList();
    }

    /** Warns about blocks that are live when their heap is closed. */
    static void warn(String heapName, List<AllocationSite> sites, boolean isIncomplete) {
        if (sites.isEmpty()) {
            return;
        }
        long blockCount = sites.stream().mapToLong(AllocationSite::blockCount).sum();
        String list = sites.stream().limit(MOST_IN_WARNING).map(AllocationSite::toString)
                .collect(Collectors.joining(System.lineSeparator() + "  ", System.lineSeparator() + "  ", ""));
        System.getLogger("dev.ashlar").log(System.Logger.Level.WARNING,
                "heap " + heapName + " was closed with " + counted(blockCount, "live block") + ", taken at "
                        + counted(sites.size(), "site") + (isIncomplete ? " (some calls could not be recorded):" : ":")
                        + list);
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
