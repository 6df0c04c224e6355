package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;

/** A packed run whose granules a test names by their number in the run. */
record PackedRun(PackedRuns packed, int firstPage) {
    static final int GRANULE_COUNT = PackedRuns.GRANULE_COUNT;

    static PackedRun open(RunSpace space) {
        int firstPage = space.openPackedRun(1, Temperature.HOT);
        assertThat(firstPage).isNotNegative();
        return new PackedRun(new PackedRuns(space.lines), firstPage);
    }

    long[] words() {
        return packed.lines.of(firstPage);
    }

    /** {@return the position of a granule in the lines} */
    int at(int granule) {
        return Lines.positionOf(firstPage) + granule;
    }

    long offsetOf(int granule) {
        return Pages.offsetOf(firstPage) + 64L * granule;
    }

    int granuleAt(long offset) {
        return offset < 0 ? -1 : (int) (offset - Pages.offsetOf(firstPage)) / 64;
    }

    boolean isIn(long offset) {
        return offset >= offsetOf(0) && offset < offsetOf(GRANULE_COUNT);
    }

    void take(int first, int count, Holder holder) {
        BlockBits.take(words(), at(first), at(first + count), holder);
        packed.lines.setFirst(firstPage, packed.lines.first(firstPage) - count * RunWord.ONE_FREE);
    }

    void free(int first) {
        packed.free(firstPage, at(first), BlockBits.endOf(words(), at(first)));
    }

    void shrink(int first, int byteSize) {
        int from = at(first) + PackedRuns.granuleCount(byteSize);
        int end = BlockBits.endOf(words(), at(first));
        if (from < end) {
            packed.free(firstPage, from, end);
        }
    }

    void park(int first) {
        words()[BlockBits.parkedWordOf(at(first))] |= 1L << at(first);
    }

    void unpark(int first) {
        BlockBits.clearParked(words(), at(first));
    }

    boolean isFree(int granule) {
        return granule >= 0 && granule < GRANULE_COUNT && BlockBits.isFree(words(), at(granule));
    }

    boolean isLive(int first) {
        return BlockBits.isLive(words(), at(first));
    }

    Holder holder(int first) {
        return BlockBits.holder(packed.lines.first(firstPage), words(), at(first));
    }

    int granuleCountOf(int first) {
        return BlockBits.endOf(words(), at(first)) - at(first);
    }

    /** {@return the first granule of the block, live or parked, that covers a granule, or -1} */
    int startOf(int granule) {
        int start = BlockBits.startOf(words(), at(granule), at(0));
        return start < 0 ? -1 : start - at(0);
    }

    int freeCount() {
        return packed.freeCount(firstPage);
    }

    int longestFree() {
        return packed.longestFree(firstPage);
    }

    void setLongestFree(int granuleCount) {
        packed.setLongestFree(firstPage, granuleCount);
    }

    boolean isVacant() {
        return RunWord.isVacant(packed.lines.first(firstPage));
    }

    void check() {
        packed.check(firstPage);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedRun run && run.firstPage == firstPage;
    }

    @Override
    public int hashCode() {
        return firstPage;
    }
}
