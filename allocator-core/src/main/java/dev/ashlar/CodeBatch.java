package dev.ashlar;

import dev.ashlar.heap.BatchPart;
import dev.ashlar.heap.Lease;
import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.heap.Piece;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.StackRoom;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapDamagedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WritePathException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Memory for a generator that writes code where it will run: sections of several domains, written at their final
 * addresses and published in one step. Write path {@link WritePath#IN_PLACE} only.
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
 * <p>In each domain that is published, an open batch holds all the room of a region from the pages already published
 * there upwards, and takes another region when that is full. So a region has at most one joint, and publishing takes
 * one mprotect call for each domain and row of pages. Unused pages go back to the heap. Batches do not share pages:
 * many small batches waste the ends of their last pages.
 *
 * <p><b>Threads.</b> A batch is for the thread that opened it. Several batches may be open at once.
 */
public final class CodeBatch implements AutoCloseable {
    private static final Domain[] DOMAINS = Domain.values();

    private final Lifetime life;
    private final Zones zones;
    private final Domain zoneOfConstants;
    private final Lease lease;
    /** The life of the sections. */
    private final Arena arena = Arena.ofConfined();
    private final Map<Domain, BatchPart> parts = new EnumMap<>(Domain.class);
    private final List<Piece> data = new ArrayList<>();
    private LifeCycle state = LifeCycle.WRITABLE;
    /** Blocks of data that were given back, and whether all blocks were. */
    private int freedDataCount;

    private boolean isGivenBack;

    /** Opens a batch; {@code constants} says where its read-only data lies. */
    static CodeBatch open(Lifetime life, ConstantPlacement constants) {
        Zones zones = life.zones();
        if (zones.path() != WritePath.IN_PLACE) {
            throw WritePathException.notServed("openBatch", zones.path(), List.of(), WritePath.IN_PLACE);
        }
        zones.noteAddress();
        return new CodeBatch(life, constants);
    }

    private CodeBatch(Lifetime life, ConstantPlacement constants) {
        this.life = life;
        this.zones = life.zones();
        this.zoneOfConstants = constants.domain();
        this.lease = zones.lease();
    }

    /**
     * Takes a section.
     *
     * @param domain CODE and RODATA are written now and published with the batch; DATA can be written at all times
     * @param byteSize bytes, at least 1
     * @param byteAlignment a power of two, 1 to {@link CodeHeap#LARGEST_ALIGNMENT}, rounded up to at least 16
     * @return the section at its final address, to be written; it ends with the batch, published or not. Bytes that are
     *     not written are trapping instructions in code, and zero elsewhere
     * @throws IllegalArgumentException if size or alignment is out of range, or the domain is SECRET
     * @throws HeapExhaustedException if there is no room; the batch stays open
     * @throws BlockStateException if the batch is published or abandoned
     * @throws WrongThreadException if another thread opened the batch
     */
    public MemorySegment allocate(Domain domain, long byteSize, long byteAlignment) {
        requireOpen("allocate");
        Objects.requireNonNull(domain, "domain");
        if (domain == Domain.SECRET) {
            throw new IllegalArgumentException("a batch has no section of domain " + domain);
        }
        Domain zone = domain == Domain.RODATA ? zoneOfConstants : domain;
        Space space = zones.of(zone, byteSize);
        space.requireSizeAndAlignment(byteSize, byteAlignment);
        long offset = domain.isPublished()
                ? parts.computeIfAbsent(zone, key -> new BatchPart(space)).take(byteSize, byteAlignment)
                : takeData(space, byteSize, byteAlignment);
        MemorySegment section = section(space, offset, byteSize);
        if (domain != Domain.CODE) {
            section.fill((byte) 0);
        }
        return section;
    }

    private long takeData(Space space, long byteSize, long byteAlignment) {
        Piece piece = new Piece(space);
        // First, so that no Error can lose its block.
        data.add(piece);
        piece.take(byteSize, byteAlignment);
        return piece.offset();
    }

    @SuppressWarnings("restricted")
    private MemorySegment section(Space space, long offset, long byteSize) {
        return MemorySegment.ofAddress(space.base() + offset).reinterpret(byteSize, arena, null);
    }

    /**
     * Publishes all sections: every thread that receives their addresses through a properly published reference can run
     * the code and read the constants, and no thread can write them.
     *
     * @return what was published, to be freed together
     * @throws WritePathException if the kernel refused; the batch is abandoned then
     * @throws BlockStateException if the batch is published or abandoned, its {@link CodeGroup} is closed, or a
     *     downcall holds one of its sections
     * @throws WrongThreadException if another thread opened the batch
     */
    public PublishedBatch publish() {
        return life.during(this::publishWhileLive);
    }

    private PublishedBatch publishWhileLive() {
        List<Piece> pieces = new ArrayList<>(data);
        end("publish", LifeCycle.PUBLISHED);
        try {
            VarHandle.releaseFence();
            for (BatchPart part : parts.values()) {
                part.publish();
            }
            parts.values().forEach(part -> pieces.addAll(part.pieces()));
            PublishedBatch published = new PublishedBatch(life, pieces);
            zones.end(lease);
            // Last: an Error after this would free them twice.
            life.adopt(pieces);
            return published;
        } catch (RuntimeException | Error e) {
            state = LifeCycle.ABANDONED;
            try {
                giveBack();
            } catch (HeapClosedException | HeapDamagedException gone) {
                // The close of the heap frees all of it.
            } catch (Error again) {
                // The close of the batch gives back the rest.
            }
            throw e;
        }
    }

    /**
     * Gives everything back, written or not. If an Error cuts this short, the next call gives back the rest.
     *
     * @throws BlockStateException if the batch is published or abandoned, or a downcall holds one of its sections
     * @throws WrongThreadException if another thread opened the batch
     */
    public void abandon() {
        if (!isCutShort()) {
            end("abandon", LifeCycle.ABANDONED);
        }
        giveBack();
    }

    private boolean isCutShort() {
        return state == LifeCycle.ABANDONED && !isGivenBack && lease.isOwn();
    }

    /** Allocates no Java objects. */
    private void giveBack() {
        StackRoom.require();
        requireHeapOpen();
        for (int index = 0; index < DOMAINS.length; index++) {
            BatchPart part = parts.get(DOMAINS[index]);
            if (part != null) {
                part.free();
            }
        }
        while (freedDataCount < data.size()) {
            data.get(freedDataCount).free();
            freedDataCount++;
        }
        zones.end(lease);
        isGivenBack = true;
    }

    /** If the heap is closed or damaged, its close gives everything back. */
    private void requireHeapOpen() {
        try {
            zones.first().requireOpen();
        } catch (HeapClosedException | HeapDamagedException gone) {
            zones.end(lease);
            isGivenBack = true;
            throw gone;
        }
    }

    /** Abandons the batch if it is open, or completes that. */
    @Override
    public void close() {
        if (state == LifeCycle.WRITABLE || isCutShort()) {
            abandon();
        }
    }

    private void requireOpen(String action) {
        if (state != LifeCycle.WRITABLE) {
            throw state.refuse(action, "the batch of " + life.name(), LifeCycle.WRITABLE);
        }
        if (!lease.isOwn()) {
            throw new WrongThreadException(
                    action + " failed: another thread opened the batch of " + life.name());
        }
    }

    private void end(String action, LifeCycle next) {
        requireOpen(action);
        try {
            // It is closed already if an Error cut an earlier attempt short.
            if (arena.scope().isAlive()) {
                arena.close();
            }
        } catch (IllegalStateException inUse) {
            throw BlockStateException.sectionInUse(action, zones.name(), inUse);
        }
        state = next;
    }
}
