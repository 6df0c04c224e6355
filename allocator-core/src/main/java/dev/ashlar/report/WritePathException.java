package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.Errno;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Something was asked of a heap that its write path, or none on this host, can serve. The heap is unchanged. */
public final class WritePathException extends AshlarException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // always an immutable list of the JDK's
    private final List<WritePath> servedBy;

    private WritePathException(String message, List<WritePath> servedBy) {
        super(message);
        this.servedBy = List.copyOf(servedBy);
    }

    public static WritePathException notServed(String action, WritePath path, WritePath... servedBy) {
        List<WritePath> others = List.of(servedBy);
        return new WritePathException(
                action + " failed: write path " + path + " cannot serve it; paths that can: " + labels(others)
                        + ". Build the heap with one of them (CodeHeapBuilder.writePath).",
                others);
    }

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

    public static WritePathException notServed(Hardening hardening, WritePath path) {
        return new WritePathException(
                "no heap can be built: hardening " + hardening + " needs two views of the memory, and write path "
                        + path
                        + " was demanded; paths that can serve that: " + labels(List.of(WritePath.ALIAS)) + ".",
                List.of(WritePath.ALIAS));
    }

    public static WritePathException blocksOnHugetlb() {
        return new WritePathException(
                "allocate failed: a page of the hugetlb pool changes its permission as a whole, so on write path "
                        + WritePath.IN_PLACE + " it serves batches only (openBatch); for blocks use memory THP or"
                        + " SMALL, or another path: " + labels(List.of(WritePath.ALIAS)) + ".",
                List.of(WritePath.ALIAS));
    }

    public static WritePathException pokeFailed(String action, int result) {
        return new WritePathException(
                action + " failed: pwrite(/proc/self/mem): " + Errno.describe(result) + ", and the heap was built when"
                        + " that worked. Was it forbidden since (seccomp)? Paths that do without: "
                        + labels(List.of(WritePath.ALIAS, WritePath.IN_PLACE)) + ".",
                List.of(WritePath.ALIAS, WritePath.IN_PLACE));
    }

    public static WritePathException publishFailed(long byteSize, String error) {
        return new WritePathException(
                "publish failed: mprotect(" + byteSize + " bytes, read+execute): " + error
                        + ". EACCES: was it forbidden"
                        + " since the heap was built (PR_SET_MDWE)? ENOMEM: raise vm.max_map_count. Paths that need no"
                        + " such call: " + labels(List.of(WritePath.ALIAS, WritePath.POKE)) + ".",
                List.of(WritePath.ALIAS, WritePath.POKE));
    }

    private static String labels(List<WritePath> paths) {
        return paths.isEmpty() ? "none" : paths.stream().map(WritePath::label).collect(Collectors.joining(", "));
    }

    /** {@return the paths that can serve it, on a host that allows them; empty where none can} */
    public List<WritePath> servedBy() {
        return servedBy;
    }
}
