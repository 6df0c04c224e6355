package dev.ashlar.memory;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tools learn of published code, by its name or, if it has none, by the name of its heap: by default none.
 *
 * {@snippet :
 * CodeHeap heap = CodeHeap.builder()
 *         .visibility(Visibility.NONE.jitDump(Path.of("/tmp")).debugger().unwinding())
 *         .build();
 * }
 *
 * <p>If a tool cannot be served, {@code build()} throws. Later failures, for example of a full disk, end what is
 * written for that tool, and never make a call of the heap fail.
 *
 * <p>Immutable and thread-safe.
 */
public final class Visibility {
    /** No tool: the default. */
    public static final Visibility NONE = new Visibility(false, null, 1L << 30, false, false);

    /** The most bytes of a map for perf: 256 MiB. */
    public static final long LONGEST_MAP = 256L << 20;

    private final boolean hasPerfMap;
    private final @Nullable Path dumpDirectory;
    private final long longestDump;
    private final boolean hasDebugger;
    private final boolean hasUnwinding;

    private Visibility(
            boolean hasPerfMap, @Nullable Path dumpDirectory, long longestDump, boolean hasDebugger,
            boolean hasUnwinding) {
        this.hasPerfMap = hasPerfMap;
        this.dumpDirectory = dumpDirectory;
        this.longestDump = longestDump;
        this.hasDebugger = hasDebugger;
        this.hasUnwinding = hasUnwinding;
    }

    /**
     * Adds the map that perf reads: {@code /tmp/perf-PID.map}, a line for each publication, readable for the user
     * alone. It is the file that {@code jcmd Compiler.perfmap} truncates: {@code CodeHeap.refreshTools()} writes the
     * lines of live code again. Because perf does not use the map for memory files, such a heap has none if it can be
     * had otherwise: {@link dev.ashlar.Heap#report} says why not. The file has at most {@link #LONGEST_MAP} bytes.
     *
     * @return this and the map
     */
    public Visibility perfMap() {
        return new Visibility(true, dumpDirectory, longestDump, hasDebugger, hasUnwinding);
    }

    /**
     * Adds a dump that {@code perf inject --jit} reads, with the code itself: {@code jit-PID.dump}, one for the
     * process, of at most 1 GiB. Record with {@code perf record -k 1}.
     *
     * @param directory an existing directory; all heaps of the process that dump must name the same one
     * @return this and the dump
     */
    public Visibility jitDump(Path directory) {
        return jitDump(directory, longestDump);
    }

    /**
     * Adds a dump as {@link #jitDump(Path)}, of another size.
     *
     * @param directory an existing directory; all heaps of the process that dump must name the same one
     * @param longestByteSize the most bytes of the file, at least 4096; the first heap of the process that dumps
     *     decides. Code that would exceed it is left out
     * @return this and the dump
     * @throws IllegalArgumentException if the size is too small
     */
    public Visibility jitDump(Path directory, long longestByteSize) {
        if (longestByteSize < 4096) {
            throw new IllegalArgumentException("longestByteSize must be at least 4096: " + longestByteSize);
        }
        return new Visibility(
                hasPerfMap, Objects.requireNonNull(directory, "directory"), longestByteSize, hasDebugger, hasUnwinding);
    }

    /**
     * Adds the interface through which gdb finds generated code, and with it the description of its frames. gdb learns
     * the code that was published before it attaches; {@code CodeHeap.refreshTools()} tells it of the rest. A file of
     * about a kilobyte in the directory for temporary files stays until the process ends.
     *
     * @return this and the interface
     */
    public Visibility debugger() {
        return new Visibility(hasPerfMap, dumpDirectory, longestDump, true, hasUnwinding);
    }

    /**
     * Adds the frames of code to those that the C++ runtime knows, so that exceptions pass through it. Code must have
     * the {@linkplain Frame#STANDARD standard frame}, or be defined with its own. The description is registered once,
     * when the heap is built.
     *
     * @return this and the frames
     */
    public Visibility unwinding() {
        return new Visibility(hasPerfMap, dumpDirectory, longestDump, hasDebugger, true);
    }

    /** {@return whether any tool learns of code} */
    public boolean isAny() {
        return hasPerfMap || dumpDirectory != null || hasDebugger || hasUnwinding;
    }

    /** {@return whether there is a map for perf} */
    public boolean hasPerfMap() {
        return hasPerfMap;
    }

    /** {@return the directory of the dump; empty if there is none} */
    public Optional<Path> dumpDirectory() {
        return Optional.ofNullable(dumpDirectory);
    }

    /** {@return the most bytes of the dump} */
    public long longestDump() {
        return longestDump;
    }

    /** {@return whether debuggers learn of code} */
    public boolean hasDebugger() {
        return hasDebugger;
    }

    /** {@return whether the C++ runtime learns of frames} */
    public boolean hasUnwinding() {
        return hasUnwinding;
    }
}
