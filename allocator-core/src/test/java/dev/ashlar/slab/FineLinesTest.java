package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of slots of 16, 32 and 48 bytes. */
class FineLinesTest {
    private final FineLines fine = new FineLines();

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void linesOfAPageAreAlignedAndOverlapNoOthers(int log2Count) {
        Set<Integer> taken = new HashSet<>();
        for (int page = 0; page < 1000; page++) {
            int line = fine.take(page % 3 == 0 ? 3 - log2Count : log2Count);
            int count = 1 << (page % 3 == 0 ? 3 - log2Count : log2Count);
            assertThat(line % count).isZero();
            for (int index = line; index < line + count; index++) {
                assertThat(taken.add(index)).as("line %d", index).isTrue();
            }
            assertThat(fine.array(line)).isNotNull();
        }
    }

    @Test
    void linesGivenBackAreTakenAgain() {
        List<Integer> lines = new ArrayList<>();
        for (int page = 0; page < 200; page++) {
            lines.add(fine.take(2));
        }
        long byteSize = fine.metadataByteSize();
        lines.forEach(line -> fine.giveBack(line, 2));
        Set<Integer> again = new HashSet<>();
        for (int page = 0; page < 200; page++) {
            again.add(fine.take(2));
        }
        assertThat(again).containsExactlyInAnyOrderElementsOf(lines);
        assertThat(fine.metadataByteSize()).isEqualTo(byteSize);
    }

    /** A thread that comes too late may find bits of other blocks where the number of a line was. */
    @Test
    void anyNumberLeadsToAnArrayThatHasThePositionOrToNone() {
        fine.take(1);
        long run = RunWord.of(1, 1, 1, 256, 0);
        for (long line : new long[] {0, 1, 63, 64, 65, 1 << 20, Integer.MAX_VALUE, 1L << 40, -1, Long.MIN_VALUE}) {
            long[] words = fine.array(line);
            for (long offset : new long[] {0, 4095, (1L << 40) - 1}) {
                int position = FineLines.position(line, run, offset);
                assertThat(position).isNotNegative();
                assertThat(words == null || RemoteMarks.wordOf(position) < words.length).as("line %d", line).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 48})
    void slabsThatOpenAndCloseNeedNoMoreLines(int slotByteSize) {
        RunSpace space = Stores.space(2, Eraser.NONE);
        CutRuns runs = new CutRuns(space, new OwnerQueues(space.lines, 2), 1);
        long byteSize = 0;
        for (int round = 0; round < 50; round++) {
            List<Long> blocks = new ArrayList<>();
            for (int count = 0; count < 3000; count++) {
                if (runs.slabs.first(SizeClasses.of(slotByteSize)) < 0) {
                    assertThat(runs.openSlab(SizeClasses.of(slotByteSize), Temperature.HOT)).isTrue();
                }
                blocks.add(runs.slabs.allocate(SizeClasses.of(slotByteSize), Holder.ADDRESS, Stores.takingOneSlot()));
            }
            assertThat(blocks).doesNotHaveDuplicates();
            blocks.forEach(runs::release);
            runs.releaseVacant();
            assertThat(Run.open(space)).isEmpty();
            byteSize = round == 0 ? space.lines.metadataByteSize() : byteSize;
        }
        assertThat(space.lines.metadataByteSize()).isEqualTo(byteSize);
    }

    /**
     * A thread that frees a stale address looks at the word of the page again after it has read the marks. If the slab
     * was closed in between, fine line 0 belongs to another page, and must not pass for this one.
     */
    @Test
    void aPageThatNoRunCoversHasNoFineLines() {
        assertThat(FineLines.has(RunWord.NONE)).isFalse();
        Lines lines = new Lines(1);
        lines.prepare(0);
        assertThat(lines.fine.take(2)).isNotNegative();
        assertThat(lines.array(lines.of(0), 0, RunWord.NONE)).isSameAs(lines.of(0));
    }

    /** Slots of 64 bytes and more, and packed runs, have their bits in the lines of their pages. */
    @Test
    void onlySlotsBelowAGranuleHaveFineLines() {
        for (int cut = 1; cut <= RunWord.PACKED; cut++) {
            long run = RunWord.of(cut, 1, 1, 0, 0);
            assertThat(FineLines.has(run)).as("cut %d", cut).isEqualTo(cut <= 3);
            int step = 1 << FineLines.log2PositionByteSize(run);
            assertThat(Pages.BYTE_SIZE / step).isEqualTo(64 << FineLines.log2LinesPerPage(run));
            assertThat(step).as("no two slots start at one position").isLessThanOrEqualTo(RunWord.placeByteSize(run));
        }
    }
}
