package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.Errno;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Signals that a write path cannot serve a request. The heap is unchanged. */
public final class WritePathException extends AshlarException {
    private static final long serialVersionUID = 1L;

    /** The paths that can serve the request. */
    @SuppressWarnings("serial") // always an immutable list of the JDK's
    private final List<WritePath> servedBy;

    private WritePathException(String message, List<WritePath> servedBy) {
        super(message);
        this.servedBy = List.copyOf(servedBy);
    }

    /**
     * {@return the exception for a call that only other write paths serve}
     *
     * @param action the call, as in {@code publish()}
     * @param path the write path of the heap
     * @param refused the paths that the host refused when the heap was built
     * @param servedBy the paths that can serve the call on a host that allows them
     */
    public static WritePathException notServed(
            String action, WritePath path, List<WritePath> refused, WritePath... servedBy) {
        List<WritePath> others = without(refused, servedBy);
        return new WritePathException(
                action + " failed: write path " + path + " cannot serve it; " + advice("paths that can", others),
                others);
    }

    private static List<WritePath> without(List<WritePath> refused, WritePath... paths) {
        return Arrays.stream(paths).filter(path -> !refused.contains(path)).toList();
    }

    private static String advice(String which, List<WritePath> others) {
        return others.isEmpty()
                ? which + ": none that this host allows (HeapReport.refusals says why)."
                : which + ": " + labels(others) + ". Build the heap with one of them (CodeHeapBuilder.writePath).";
    }

    /**
     * {@return the exception for a demand of memory that the demanded write path cannot serve}
     *
     * @param memory the kind of memory that was demanded
     * @param path the write path of the heap
     */
    public static WritePathException notServed(MemoryDemand memory, WritePath path) {
        List<WritePath> others = Arrays.stream(WritePath.values())
                .filter(other -> !memory.ladder(other).isEmpty())
                .toList();
        String backings = path.backings().stream().map(Backing::label).collect(Collectors.joining(", "));
        return new WritePathException(
                "no heap can be built: write path " + path + " works with the backings " + backings + ", and memory "
                        + memory + " was demanded; paths that can serve that: " + labels(others) + ".",
                others);
    }

    /**
     * {@return the exception for a demand of hardening that the demanded write path cannot serve}
     *
     * @param hardening the level of hardening that was demanded
     * @param path the write path of the heap
     */
    public static WritePathException notServed(Hardening hardening, WritePath path) {
        List<WritePath> others = List.of(WritePath.ALIAS);
        return new WritePathException(
                "no heap can be built: hardening " + hardening + " needs two views of the memory, and write path "
                        + path + " was demanded; paths that can serve that: " + labels(others) + ".",
                others);
    }

    /** {@return the exception for a single block on write path IN_PLACE and hugetlb} */
    public static WritePathException blocksOnHugetlb() {
        List<WritePath> others = List.of(WritePath.ALIAS);
        return new WritePathException(
                "allocate failed: a page of the hugetlb pool changes its permission as a whole, so on write path "
                        + WritePath.IN_PLACE + " it serves batches only (openBatch); for blocks use memory THP or"
                        + " SMALL, or another path: " + labels(others) + ".",
                others);
    }

    /**
     * {@return the exception for a write that the kernel refused on write path POKE}
     *
     * @param action the call, as in {@code publish()}
     * @param result {@code -errno}
     * @param refused the paths that the host refused when the heap was built
     */
    public static WritePathException pokeFailed(String action, int result, List<WritePath> refused) {
        List<WritePath> others = without(refused, WritePath.ALIAS, WritePath.IN_PLACE);
        String cause =
                switch (-result) {
                    case Errno.ENOMEM -> "The system or this process's memory cgroup is out of memory.";
                    default -> "Was it forbidden since (seccomp)?";
                };
        return new WritePathException(
                action + " failed: pwrite(/proc/self/mem): " + Errno.describe(result)
                        + ", and that worked when the heap was built. " + cause + " "
                        + advice("Paths that do not need it", others),
                others);
    }

    /**
     * {@return the exception for a change of permission that the kernel refused on write path IN_PLACE}
     *
     * @param byteSize bytes that were to change their permission
     * @param result {@code -errno}
     * @param refused the paths that the host refused when the heap was built
     */
    public static WritePathException publishFailed(long byteSize, int result, List<WritePath> refused) {
        List<WritePath> others = without(refused, WritePath.ALIAS, WritePath.POKE);
        String remedy =
                switch (-result) {
                    case Errno.EACCES, Errno.EPERM ->
                            "Was it forbidden since the heap was built (PR_SET_MDWE, seccomp)?";
                    case Errno.ENOMEM -> "Raise vm.max_map_count.";
                    default -> "The kernel allowed it when the heap was built.";
                };
        return new WritePathException(
                "publish failed: mprotect(" + byteSize + " bytes, read+execute): " + Errno.describe(result) + ". "
                        + remedy + " " + advice("Paths that need no such call", others),
                others);
    }

    private static String labels(List<WritePath> paths) {
        return paths.isEmpty() ? "none" : paths.stream().map(WritePath::label).collect(Collectors.joining(", "));
    }

    /** {@return the paths that can serve the request, on a host that allows them; empty if none can} */
    public List<WritePath> servedBy() {
        return servedBy;
    }
}
