package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.region.Pages;
import dev.ashlar.slab.RecordingEraser.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model of blocks that were freed and not erased yet: in quarantine, or freed by another thread and not yet processed
 * by their owner. Such a block may still be executed, and no block may be placed there.
 */
final class Unerased {
    private final RecordingEraser eraser;
    private final RunSpace space;
    /** Bytes by offset. */
    private final TreeMap<Long, Long> extents = new TreeMap<>();

    Unerased(BlockStore store, RecordingEraser eraser) {
        this.eraser = eraser;
        this.space = store.space;
    }

    void add(long offset, long byteSize) {
        extents.put(offset, byteSize);
    }

    int count() {
        return extents.size();
    }

    /** Removes the extents that the last call erased. Each must have been freed before. */
    void noteErased() {
        remove(eraser.take());
    }

    /** {@return whether the last call erased an extent; its other erased extents must have been freed before} */
    boolean wasErased(Extent extent) {
        List<Extent> erased = new ArrayList<>(eraser.take());
        boolean found = erased.remove(extent);
        remove(erased);
        return found;
    }

    private void remove(List<Extent> erased) {
        for (Extent extent : erased) {
            assertThat(extents.remove(extent.offset())).as("erased: %s", extent).isEqualTo(extent.byteSize());
        }
    }

    void requireNoneAt(long offset, long byteSize) {
        Map.Entry<Long, Long> freed = extents.lowerEntry(offset + byteSize);
        assertThat(freed == null || freed.getKey() + freed.getValue() <= offset)
                .as("block at %d lies on %s, freed and not erased", offset, freed).isTrue();
    }

    /** No more than a quarantine holds. */
    void requireFew() {
        assertThat(extents.size()).isLessThanOrEqualTo(Quarantine.LENGTH);
        assertThat(extents.values().stream().mapToLong(byteSize -> byteSize).sum())
                .isLessThanOrEqualTo(Quarantine.LARGEST_BYTE_SIZE + BlockStore.LARGEST_PACKED_BYTE_SIZE);
    }

    /**
     * During the erasure the place still belongs to its block, live or not, and its pages are held, so that no
     * allocation can get it.
     */
    void requireHeld(long offset, long byteSize) {
        long run = space.lines.runAt(offset);
        if (run == RunWord.NONE) {
            // A block of whole pages is erased when it is no longer live; its word says that its pages are held.
            int held = LargeRuns.heldPageCount(space.large.word(Pages.indexOf(offset)));
            assertThat(Pages.offsetOf(held)).as("bytes at %d", offset).isEqualTo(byteSize);
            return;
        }
        long[] region = space.lines.atOffset(offset);
        int line = Lines.lineAt(offset);
        long[] words = space.lines.array(region, line, run);
        int position = Lines.position(region, line, run, offset);
        assertThat(BlockBits.isStart(words, position)).as("place at %d is taken", offset).isTrue();
        assertThat(CutRuns.usableByteSize(run, words, position)).as("bytes at %d", offset).isEqualTo(byteSize);
    }
}
