package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.region.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A slab or packed run as it was when a test looked it up, with the words of its lines, which outlive it. */
final class Run {
    final int firstPage;
    final long life;
    private final RunSpace space;
    private final int lineCount;
    /** By the index of the line: the array of its words, and its first position there. */
    private final long[][] words;

    private final int[] positions;

    private Run(RunSpace space, int firstPage) {
        this.space = space;
        this.firstPage = firstPage;
        this.life = RemoteFrees.life(space.lines, firstPage);
        long first = space.lines.first(firstPage);
        this.lineCount = Lines.lineCount(first);
        this.words = IntStream.range(0, lineCount)
                .mapToObj(index -> space.lines.bitsOf(firstPage, first, index))
                .toArray(long[][]::new);
        this.positions = IntStream.range(0, lineCount)
                .map(index -> space.lines.positionOf(firstPage, first, index))
                .toArray();
    }

    /** {@return the run that covers an offset, which there must be} */
    static Run at(RunSpace space, long offset) {
        int page = Pages.indexOf(offset);
        long run = space.lines.run(page);
        assertThat(run).as("run at %d", offset).isNotEqualTo(RunWord.NONE);
        return new Run(space, Lines.firstPage(page, run));
    }

    static Run at(BlockStore store, long offset) {
        return at(store.space, offset);
    }

    /** {@return all open runs} */
    static List<Run> open(RunSpace space) {
        List<Run> runs = new ArrayList<>();
        for (int page = space.lines.nextRun(0); page >= 0;) {
            Run run = new Run(space, page);
            runs.add(run);
            page = space.lines.nextRun(page + run.pageCount());
        }
        return runs;
    }

    long word() {
        return space.lines.first(firstPage);
    }

    /** {@return whether this run has not ended} */
    boolean isOpen() {
        return RunWord.isFirst(word()) && RemoteFrees.life(space.lines, firstPage) == life;
    }

    boolean isPacked() {
        return RunWord.isPacked(word());
    }

    int pageCount() {
        return RunWord.pageCount(word());
    }

    int ownerId() {
        return RunWord.ownerId(word());
    }

    long firstByte() {
        return Pages.offsetOf(firstPage);
    }

    boolean covers(long offset) {
        return space.lines.startsIn(offset, firstPage);
    }

    int freeByteSize() {
        return RunWord.freeCount(word()) * RunWord.placeByteSize(word());
    }

    /** {@return whether this is the same run, in the same life} */
    boolean isSame(Run other) {
        return firstPage == other.firstPage && life == other.life;
    }

    boolean isQueued() {
        return RemoteFrees.isQueued(space.lines, firstPage);
    }

    /** {@return the lives of all words of marks} */
    List<Long> lives() {
        return IntStream.range(0, lineCount)
                .boxed()
                .flatMap(index -> List.of(marks(index, 0), marks(index, 1)).stream())
                .map(RemoteMarks::life)
                .toList();
    }

    int markCount() {
        return IntStream.range(0, lineCount)
                .map(index -> Long.bitCount(marks(index, 0) & RemoteMarks.MARKS)
                        + Long.bitCount(marks(index, 1) & RemoteMarks.MARKS))
                .sum();
    }

    private long marks(int index, int half) {
        return words[index][RemoteMarks.wordOf(positions[index]) + half];
    }

    /** {@return blocks that start here and are not parked, marked or not} */
    int liveBlockCount() {
        return IntStream.range(0, lineCount)
                .map(index -> {
                    int line = BlockBits.lineOf(positions[index]);
                    long starts = words[index][line];
                    return Long.bitCount(starts & ~words[index][line + Lines.PARKED]);
                })
                .sum();
    }
}
