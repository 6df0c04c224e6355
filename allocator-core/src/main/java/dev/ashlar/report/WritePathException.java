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
     * @param servedBy the paths that can serve the call
     */
    public static WritePathException notServed(String action, WritePath path, WritePath... servedBy) {
        List<WritePath> others = List.of(servedBy);
        return new WritePathException(
                action + " failed: write path " + path + " cannot serve it; paths that can: " + labels(others)
                        + ". Build the heap with one of them (CodeHeapBuilder.writePath).",
                others);
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
     */
    public static WritePathException pokeFailed(String action, int result) {
        List<WritePath> others = List.of(WritePath.ALIAS, WritePath.IN_PLACE);
        return new WritePathException(
                action + " failed: pwrite(/proc/self/mem): " + Errno.describe(result)
                        + ", and that worked when the heap"
                        + " was built. Was it forbidden since (seccomp)? Paths that do not need it: " + labels(others)
                        + ".",
                others);
    }

    /**
     * {@return the exception for a change of permission that the kernel refused on write path IN_PLACE}
     *
     * @param byteSize bytes that were to change their permission
     * @param result {@code -errno}
     */
    public static WritePathException publishFailed(long byteSize, int result) {
        List<WritePath> others = List.of(WritePath.ALIAS, WritePath.POKE);
        String remedy =
                switch (-result) {
                    case Errno.EACCES -> "Was it forbidden since the heap was built (PR_SET_MDWE)?";
                    case Errno.ENOMEM -> "Raise vm.max_map_count.";
                    default -> "The kernel allowed it when the heap was built.";
                };
        return new WritePathException(
                "publish failed: mprotect(" + byteSize + " bytes, read+execute): " + Errno.describe(result) + ". "
                        + remedy + " Paths that need no such call: " + labels(others) + ".",
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
