package dev.ashlar.slab;

/**
 * A packed run whose free stretches are being filled: blocks go one after the other into one stretch as long as they
 * fit, then into another that is long enough. The run is searched once, however many blocks it takes. Meanwhile it is
 * in no bin, and its longest free stretch is not maintained. Not thread-safe.
 */
final class Filling {
    private final PackedRuns packed;
    private final Stretches stretches = new Stretches();
    private int firstPage = RunLists.NONE;

    /** The rest of the current stretch. */
    private int next;

    private int end;
    /** Whether a block of the run was freed meanwhile, so that the known stretches are not all free space. */
    private boolean disturbed;

    Filling(PackedRuns packed) {
        this.packed = packed;
    }

    /** Begins to fill a run. Pre: none is being filled, and the run is in no bin. */
    void begin(int filled) {
        packed.readFree(filled, stretches);
        disturbed = false;
        firstPage = filled;
    }

    /** {@return the offset of a block in the current run, or -1 if no stretch is long enough} */
    long take(int count, int alignment, RemoteFrees remote, Holder holder) {
        int first = (next + alignment - 1) & -alignment;
        if (first + count > end) {
            if (firstPage < 0 || !moveOn(count + alignment - 1)) {
                return -1;
            }
            first = (next + alignment - 1) & -alignment;
        }
        long[] words = packed.lines.of(firstPage);
        remote.dropLate(words, first);
        stretches.add(next, first);
        int run = Lines.lineOf(firstPage) + Lines.RUN;
        long offset = Lines.offsetOf(firstPage, first);
        BlockBits.take(words, first, first + count, holder);
        // No call after the last one: an Error would lose the block.
        words[run] -= RunWord.ONE_FREE * count;
        next = first + count;
        return offset;
    }

    /**
     * Moves on to another stretch.
     *
     * @return whether one is long enough
     */
    private boolean moveOn(int length) {
        int index = stretches.choose(length);
        if (index < 0) {
            return false;
        }
        int start = stretches.start(index);
        int stretchEnd = stretches.end(index);
        stretches.remove(index);
        stretches.add(next, end);
        next = start;
        end = stretchEnd;
        return true;
    }

    /** Forgets the run, after an Error cut a change short. */
    void forget() {
        stretches.clear();
        firstPage = RunLists.NONE;
        next = 0;
        end = 0;
    }

    /** Records that a block of the current run was freed or shrunk. */
    void disturb() {
        disturbed = true;
    }

    /**
     * Ends, with the longest free stretch of the run up to date.
     *
     * @return the run, or {@link RunLists#NONE} if none was being filled
     */
    int settle() {
        int filled = firstPage;
        if (filled >= 0) {
            if (disturbed) {
                packed.readFree(filled, stretches);
            } else {
                stretches.add(next, end);
            }
            packed.setLongestFree(filled, stretches.longest());
            forget();
        }
        return filled;
    }

    /** {@return whether some stretch is long enough} */
    boolean canHold(int length) {
        return end - next >= length || stretches.choose(length) >= 0;
    }

    /** {@return the current run, or {@link RunLists#NONE}} */
    int firstPage() {
        return firstPage;
    }

    boolean isIn(int candidate) {
        return firstPage == candidate;
    }

    /** {@return whether the current stretch begins at a granule of a run} */
    boolean isAt(int candidate, int granule) {
        return firstPage == candidate && granule == next;
    }

    long metadataByteSize() {
        return 40 + stretches.metadataByteSize();
    }
}
