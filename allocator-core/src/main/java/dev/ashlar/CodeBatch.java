package dev.ashlar;

import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Memory for a generator that writes where the result will be: sections of several domains, written at their final
 * addresses, and published in one step. Write path {@link dev.ashlar.memory.WritePath#IN_PLACE} only.
 *
 * {@snippet :
 * try (CodeBatch batch = heap.openBatch()) {
 *     MemorySegment text = batch.allocate(Domain.CODE, 4096, 16);
 *     MemorySegment table = batch.allocate(Domain.RODATA, 256, 16);
 *     generate(text, table); // writes at text.address() what will run at text.address()
 *     PublishedBatch code = batch.publish();
 * }
 * }
 *
 * <p>An open batch has all the room of a region to itself, from the pages already published there upwards, for each
 * domain that is published; it takes another region when that is full. So a region has at most one joint, and
 * publishing takes one mprotect call for each domain and row of pages. What it did not use goes back. Pages are not
 * shared between batches: many small ones waste the ends of their last pages.
 *
 * <p><b>Threads.</b> For the thread that opened it. Several batches may be open at once.
 */
public final class CodeBatch implements AutoCloseable {
    private final HeapZones zones;
    private final Domain zoneOfConstants;
    private final Thread opener = Thread.currentThread();
    private final Arena life = Arena.ofConfined();
    private final Map<Domain, BatchPart> parts = new EnumMap<>(Domain.class);
    private final List<PublishedBatch.Block> data = new ArrayList<>();
    private String state = "open";

    /** Counted as open from now on; {@code constants} says where its read-only data lies. */
    CodeBatch(HeapZones zones, ConstantPlacement constants) {
        this.zones = zones;
        this.zoneOfConstants = constants.domain();
        zones.enter(this);
    }

    /** {@return whether somebody is there who can publish or abandon it} */
    boolean isOpenersStill() {
        return opener.isAlive();
    }

    /**
     * Takes a section.
     *
     * @param domain CODE and RODATA are written now and published with the batch; DATA can be written always
     * @param byteSize bytes, at least 1
     * @param byteAlignment a power of two, 1 to {@link CodeHeap#LARGEST_ALIGNMENT}; 16 bytes at least are kept to
     * @return the section at its final address, to be written; it ends with the batch, published or not. What is not
     *     written stays a trapping instruction in code, and zero elsewhere
     * @throws IllegalArgumentException if size or alignment is out of range, or the domain is SECRET
     * @throws HeapExhaustedException if there is no room; the batch stays open
     * @throws BlockStateException if the batch is published or abandoned
     * @throws WrongThreadException if another thread opened the batch
     */
    public MemorySegment allocate(Domain domain, long byteSize, long byteAlignment) {
        requireOpen("allocate");
        if (domain == Domain.SECRET) {
            throw new IllegalArgumentException("a batch has no section of domain " + domain);
        }
        Domain zone = domain == Domain.RODATA ? zoneOfConstants : domain;
        HeapSpace space = zones.of(zone);
        space.requireSize(byteSize);
        HeapSpace.requireAlignment(byteAlignment);
        long offset = domain.isPublished()
                ? parts.computeIfAbsent(zone, key -> new BatchPart(space)).take(byteSize, byteAlignment)
                : takeData(space, byteSize, byteAlignment);
        MemorySegment section = section(space, offset, byteSize);
        if (domain != Domain.CODE) {
            section.fill((byte) 0);
        }
        return section;
    }

    private long takeData(HeapSpace space, long byteSize, long byteAlignment) {
        long offset = space.take(byteSize, byteAlignment, Holder.OBJECT);
        data.add(new PublishedBatch.Block(space, offset));
        return offset;
    }

    @SuppressWarnings("restricted")
    private MemorySegment section(HeapSpace space, long offset, long byteSize) {
        return MemorySegment.ofAddress(space.zone.base() + offset).reinterpret(byteSize, life, null);
    }

    /**
     * Publishes all sections: code can be run and constants read by every thread that gets to know of them through a
     * properly published reference, and neither can be written.
     *
     * @return what was published, to be freed as one
     * @throws WritePathException if the kernel refused; the batch is abandoned then
     * @throws BlockStateException if the batch is published or abandoned, or a downcall holds one of its sections
     * @throws WrongThreadException if another thread opened the batch
     */
    public PublishedBatch publish() {
        List<PublishedBatch.Block> blocks = new ArrayList<>(data);
        end("publish", "published");
        try {
            HeapSpace.makeCallable();
            for (BatchPart part : parts.values()) {
                part.publish();
            }
            parts.values().forEach(part -> part.addBlocks(blocks));
            PublishedBatch published = new PublishedBatch(blocks);
            zones.leave(this);
            return published;
        } catch (RuntimeException | Error e) {
            state = "abandoned";
            giveBack();
            throw e;
        }
    }

    /**
     * Gives everything back, written or not.
     *
     * @throws BlockStateException if the batch is published or abandoned, or a downcall holds one of its sections
     * @throws WrongThreadException if another thread opened the batch
     */
    public void abandon() {
        end("abandon", "abandoned");
        giveBack();
    }

    private void giveBack() {
        try {
            parts.values().forEach(BatchPart::free);
            data.forEach(PublishedBatch.Block::free);
        } finally {
            zones.leave(this);
        }
    }

    /** Abandons the batch if it is open. */
    @Override
    public void close() {
        if (state.equals("open")) {
            abandon();
        }
    }

    private void requireOpen(String action) {
        if (!state.equals("open")) {
            throw HeapErrors.batchOver(action, state);
        }
        if (!Thread.currentThread().equals(opener)) {
            throw new WrongThreadException(action + " failed: another thread opened the batch");
        }
    }

    private void end(String action, String next) {
        requireOpen(action);
        try {
            life.close();
        } catch (IllegalStateException inUse) {
            throw HeapErrors.batchInUse(action, inUse);
        }
        state = next;
    }
}
