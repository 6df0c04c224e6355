package dev.ashlar;

import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.util.List;

/**
 * What a {@link CodeBatch} published: code that can be run, constants and data, until it is freed as one or the heap is
 * closed. May be used by any thread.
 */
public final class PublishedBatch {
    private final List<Block> blocks;
    private boolean freed;

    PublishedBatch(List<Block> blocks) {
        this.blocks = List.copyOf(blocks);
    }

    /** A block of one of the heap's zones. */
    record Block(HeapSpace space, long offset) {
        void free() {
            FreeResult result = space.free(offset, Holder.OBJECT);
            assert result == FreeResult.DONE : result + " offset=" + offset;
        }
    }

    /**
     * {@return bytes of the pages that it holds}
     *
     * @throws BlockStateException if it is freed
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized long byteSize() {
        requireLive("byteSize()");
        return blocks.stream()
                .mapToLong(block -> block.space().blocks.usableByteSize(block.offset()))
                .sum();
    }

    /**
     * Frees all sections. The caller promises that no thread runs in the code or touches the rest. Pages that were
     * published are used again when their whole region is free.
     *
     * @throws BlockStateException if it is freed already
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized void free() {
        requireLive("free()");
        freed = true;
        blocks.forEach(Block::free);
    }

    private void requireLive(String action) {
        if (freed) {
            throw HeapErrors.batchFreed(action);
        }
        blocks.forEach(block -> block.space().requireOpen());
    }
}
