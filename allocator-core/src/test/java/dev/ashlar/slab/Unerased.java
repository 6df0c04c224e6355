package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

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
    private final BlockStore store;
    private final RecordingEraser eraser;
    private final RunSpace space;
    /** Bytes by offset. */
    private final TreeMap<Long, Long> extents = new TreeMap<>();

    Unerased(BlockStore store, RecordingEraser eraser) {
        this.store = store;
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
                .isLessThanOrEqualTo(Quarantine.LARGEST_BYTE_SIZE + Magazines.LARGEST_BYTE_SIZE);
    }

    /**
     * During the erasure the place still belongs to its block, live or not, and its pages are held, so that no
     * allocation can get it.
     */
    void requireHeld(long offset, long byteSize) {
        switch (space.cutRunAt(offset)) {
            case null -> assertThat(store.startOf(offset + byteSize - 1)).isEqualTo(offset);
            case Slab slab -> assertThat(isTaken(slab, offset)).as("slot at %d", offset).isTrue();
            case PackedRun run -> {
                int first = (int) (offset - run.firstByte()) / PackedRun.GRANULE_BYTE_SIZE;
                long usable = (long) run.granuleCountOf(first) * PackedRun.GRANULE_BYTE_SIZE;
                assertThat(run.isFree(first)).as("granule %d", first).isFalse();
                assertThat(usable).as("bytes at %d", offset).isEqualTo(byteSize);
            }
        }
    }

    private static boolean isTaken(Slab slab, long offset) {
        int slot = (int) (offset - slab.firstByte()) / slab.slotByteSize();
        return slab.isStart(slot);
    }
}
