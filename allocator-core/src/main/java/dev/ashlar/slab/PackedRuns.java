package dev.ashlar.slab;

import dev.ashlar.region.Pages;

/**
 * The granules of packed runs: runs of 16 pages in which a block takes as many consecutive granules of 64 bytes as it
 * needs. A packed run is named by its first page, a granule by its position in the lines of the region.
 */
final class PackedRuns {
    static final int PAGE_COUNT = RunWord.PAGE_COUNT_MAX;
    static final int GRANULE_COUNT = PAGE_COUNT << (Pages.LOG2_BYTE_SIZE - SizeClasses.LOG2_GRANULE_BYTE_SIZE);

    /** Granules of the smallest block. */
    static final int LEAST_GRANULE_COUNT = 2;

    final Lines lines;

    PackedRuns(Lines lines) {
        this.lines = lines;
    }

    /** {@return the granules that {@code byteSize} bytes need} */
    static int granuleCount(int byteSize) {
        int needed = (byteSize + SizeClasses.GRANULE_BYTE_SIZE - 1) >>> SizeClasses.LOG2_GRANULE_BYTE_SIZE;
        return Math.max(LEAST_GRANULE_COUNT, needed);
    }

    int freeCount(int firstPage) {
        return RunWord.freeCount(lines.first(firstPage));
    }

    /** {@return granules of the longest free stretch, which decides the run's bin} */
    int longestFree(int firstPage) {
        return RunWord.last(lines.first(firstPage));
    }

    void setLongestFree(int firstPage, int granuleCount) {
        lines.setFirst(firstPage, RunWord.withLast(lines.first(firstPage), granuleCount));
    }

    /** Reads the free stretches. */
    void readFree(int firstPage, Stretches stretches) {
        int first = Lines.positionOf(firstPage);
        stretches.read(lines.of(firstPage), first, first + GRANULE_COUNT);
    }

    /** Frees granules of a live or parked block, up to its end. Pre: they are erased. */
    void free(int firstPage, int from, int end) {
        long[] words = lines.of(firstPage);
        int run = Lines.lineOf(firstPage) + Lines.RUN;
        BlockBits.clear(words, from, end);
        words[run] += RunWord.ONE_FREE * (end - from);
        BlockBits.clearParked(words, from);
        if (end > from + 1) {
            // A single granule is the end of a block that becomes shorter, and another may start behind it.
            BlockBits.clearParked(words, from + 1);
        }
        noteFreed(firstPage, from, end);
    }

    private void noteFreed(int firstPage, int from, int end) {
        long[] words = lines.of(firstPage);
        int first = Lines.positionOf(firstPage);
        int length = BlockBits.nextOccupied(words, end, first + GRANULE_COUNT)
                - BlockBits.previousOccupiedEnd(words, from, first);
        if (length > longestFree(firstPage)) {
            setLongestFree(firstPage, length);
        }
    }

    /** Frees the parked blocks of a run and counts what is free, after an Error cut a change short. */
    void rebuild(int firstPage, RunSpace space) {
        long[] words = lines.of(firstPage);
        int first = Lines.positionOf(firstPage);
        int free = 0;
        int longest = 0;
        int length = 0;
        for (int granule = first; granule < first + GRANULE_COUNT;) {
            int end = granule + 1;
            boolean isLive = BlockBits.isStart(words, granule);
            if (isLive) {
                end = BlockBits.endOf(words, granule);
                if (BlockBits.isParked(words, granule)) {
                    int count = end - granule;
                    space.erase(
                            Lines.offsetOf(firstPage, granule), (long) count << SizeClasses.LOG2_GRANULE_BYTE_SIZE);
                    isLive = false;
                }
            }
            if (isLive) {
                length = 0;
            } else {
                // Also the rest of a block whose free was cut short: its first granule is free.
                BlockBits.clear(words, granule, end);
                BlockBits.clearParked(words, granule);
                if (end > granule + 1) {
                    BlockBits.clearParked(words, granule + 1);
                }
                free += end - granule;
                length += end - granule;
                longest = Math.max(longest, length);
            }
            granule = end;
        }
        long run = RunWord.withFreeCount(lines.first(firstPage), free);
        lines.setFirst(firstPage, RunWord.withLast(run, longest));
    }

    /** {@return granules of blocks that are parked} */
    int parkedGranuleCount(int firstPage) {
        long[] words = lines.of(firstPage);
        int first = Lines.positionOf(firstPage);
        int count = 0;
        for (int position = first; position < first + GRANULE_COUNT; position += BlockBits.POSITIONS_PER_LINE) {
            int line = BlockBits.lineOf(position);
            for (long parked = words[line + Lines.PARKED] & words[line]; parked != 0; parked &= parked - 1) {
                int granule = position + Long.numberOfTrailingZeros(parked);
                count += BlockBits.endOf(words, granule) - granule;
            }
        }
        return count;
    }

    /** Checks the bits and counts of a run. */
    void check(int firstPage) {
        long[] words = lines.of(firstPage);
        int first = Lines.positionOf(firstPage);
        int free = 0;
        int longest = 0;
        int from = first;
        while (from < first + GRANULE_COUNT) {
            int next = BlockBits.nextOccupied(words, from, first + GRANULE_COUNT);
            free += next - from;
            longest = Math.max(longest, next - from);
            if (next < first + GRANULE_COUNT && !BlockBits.isStart(words, next)) {
                throw new IllegalStateException("packed run at page " + firstPage + ": granule " + next
                        + " has no start");
            }
            from = next == first + GRANULE_COUNT ? next : BlockBits.endOf(words, next);
        }
        for (int position = first; position < first + GRANULE_COUNT; position += BlockBits.POSITIONS_PER_LINE) {
            for (long bits = words[BlockBits.parkedWordOf(position)]; bits != 0; bits &= bits - 1) {
                int granule = position + Long.numberOfTrailingZeros(bits);
                if (BlockBits.isStart(words, granule) || (granule > first && BlockBits.isStart(words, granule - 1))) {
                    continue;
                }
                throw new IllegalStateException("packed run at page " + firstPage + ": nothing is parked at "
                        + position);
            }
        }
        if (free != freeCount(firstPage) || longest != longestFree(firstPage)) {
            throw new IllegalStateException("packed run at page " + firstPage + ": counted free=" + free + " longest="
                    + longest + " kept free=" + freeCount(firstPage) + " longest=" + longestFree(firstPage));
        }
    }
}
