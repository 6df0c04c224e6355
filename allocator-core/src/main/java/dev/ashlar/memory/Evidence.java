package dev.ashlar.memory;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a heap records about its blocks, to explain a crash or a leak later: by default nothing. All of it is allocated
 * when the heap is built, except for allocation sites.
 *
 * {@snippet :
 * CodeHeap heap = CodeHeap.builder()
 *         .evidence(Evidence.NONE.history(10_000).symbolFile(Path.of("code.elf")))
 *         .build();
 * }
 *
 * <p>Recording never makes an allocation or a free fail. If the Java heap or the stack is full, or the symbol file was
 * truncated, the record is incomplete.
 *
 * <p>Immutable and thread-safe.
 */
public final class Evidence {
    /** Records nothing: the default. */
    public static final Evidence NONE = new Evidence(0, false, null);

    /** The most blocks of a history. */
    public static final int LONGEST_HISTORY = 1 << 24;

    private final int historyLength;
    private final boolean recordsSites;
    private final @Nullable Path symbolFile;

    private Evidence(int historyLength, boolean recordsSites, @Nullable Path symbolFile) {
        this.historyLength = historyLength;
        this.recordsSites = recordsSites;
        this.symbolFile = symbolFile;
    }

    /**
     * Adds a history: the blocks that were freed last, which {@link dev.ashlar.Heap#describe} reports.
     *
     * @param blockCount how many blocks to remember, 1 to {@link #LONGEST_HISTORY}; each takes 40 bytes of Java heap
     * @return this and a history
     * @throws IllegalArgumentException if the number is out of range
     */
    public Evidence history(int blockCount) {
        if (blockCount < 1 || blockCount > LONGEST_HISTORY) {
            throw new IllegalArgumentException(
                    "blockCount must be 1 to " + LONGEST_HISTORY + ": blockCount=" + blockCount);
        }
        return new Evidence(blockCount, recordsSites, symbolFile);
    }

    /**
     * Adds the innermost eight callers of every allocation, for blocks that are live: {@link
     * dev.ashlar.Heap#liveSites} lists them, and the heap's close warns about them through {@link System.Logger}
     * "dev.ashlar". An allocation takes microseconds, and each live block some two hundred bytes of Java heap.
     *
     * @return this and the sites
     */
    public Evidence allocationSites() {
        return new Evidence(historyLength, true, symbolFile);
    }

    /**
     * Adds a file that says which blocks are live and which were freed, also after the process has crashed: {@code
     * ashlar explain} and gdb read it. It is an ELF image with a symbol for each block. The heap creates it, readable
     * for the user alone, and never deletes it. It has 7.3 MB and room for 65,536 live blocks; further ones may be left
     * out. It knows the addresses at which code runs and data is used, and the bytes that were asked for.
     *
     * @param file a file that does not exist, in a directory of a POSIX file system; one for each heap. The builder's
     *     {@code build()} throws {@link java.io.UncheckedIOException} if it exists or cannot be written
     * @return this and the file
     */
    public Evidence symbolFile(Path file) {
        return new Evidence(historyLength, recordsSites, Objects.requireNonNull(file, "file"));
    }

    /** {@return whether anything is recorded} */
    public boolean recordsAny() {
        return historyLength > 0 || recordsSites || symbolFile != null;
    }

    /** {@return how many freed blocks are remembered; 0 if there is no history} */
    public int historyLength() {
        return historyLength;
    }

    /** {@return whether the call stack of every allocation is recorded} */
    public boolean recordsSites() {
        return recordsSites;
    }

    /** {@return the file of symbols; empty if there is none} */
    public Optional<Path> symbolFile() {
        return Optional.ofNullable(symbolFile);
    }
}
