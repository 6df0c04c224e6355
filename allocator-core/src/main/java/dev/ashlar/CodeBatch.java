package dev.ashlar;

import dev.ashlar.heap.BatchPart;
import dev.ashlar.heap.Lease;
import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.heap.NamedPart;
import dev.ashlar.heap.Piece;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Staging;
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
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Memory for a linker or a generator that asks for one section after the other. The sections are of several domains,
 * lie within reach of each other by a 32-bit displacement, and are published in one step and freed together.
 *
 * {@snippet :
 * try (CodeBatch batch = heap.openBatch()) {
 *     BatchSection text = batch.allocate(Domain.CODE, 4096, 16);
 *     BatchSection table = batch.allocate(Domain.RODATA, 256, 16);
 *     // Writes to text.writable() what will run at text.address().
 *     generate(text, table);
 *     PublishedBatch code = batch.publish();
 * }
 * }
 *
 * <p><b>Write paths.</b> On {@link WritePath#IN_PLACE}, sections are written at their final addresses. In each domain
 * that is published, an open batch holds all the room of a region from the pages already published there upwards, and
 * takes another region when that is full. So a region has at most one joint, and publishing takes one mprotect call for
 * each domain and row of pages. Unused pages go back to the heap. Batches do not share pages: many small batches waste
 * the ends of their last pages. On the other paths, each section is a block, and is written at another address.
 *
 * <p><b>Threads.</b> One thread uses a batch at a time: the one that opened it, until it {@linkplain #handOver hands it
 * over} or ends. Then the next thread that calls a method of it, or of one of its sections, becomes its user; a call
 * with a wrong argument does not count. Several batches may be open at once.
 */
public final class CodeBatch implements AutoCloseable {
    private static final Domain[] DOMAINS = Domain.values();

    private final Lifetime life;
    private final Zones zones;
    private final Domain zoneOfConstants;
    private final Lease lease;
    /** The life of the segments that the thread that uses the batch got; null if it got none. */
    private @Nullable Arena arena;

    private long arenaThreadId;
    /** The sections that share stretches of pages, on IN_PLACE. */
    private final Map<Domain, BatchPart> parts = new EnumMap<>(Domain.class);
    /** The sections that are blocks, and the blocks. */
    private final List<BatchSection> sections = new ArrayList<>();
    private final List<Piece> blocks = new ArrayList<>();
    private final List<NamedPart> named = new ArrayList<>();
    private volatile LifeCycle state = LifeCycle.WRITABLE;
    /** Blocks that were given back, and whether all of the batch was. */
    private int freedBlockCount;

    private boolean isGivenBack;

    /** Opens a batch; {@code constants} says where its read-only data lies. */
    static CodeBatch open(Lifetime life, ConstantPlacement constants) {
        life.zones().noteAddress();
        return new CodeBatch(life, constants);
    }

    private CodeBatch(Lifetime life, ConstantPlacement constants) {
        this.life = life;
        this.zones = life.zones();
        this.zoneOfConstants = constants.domain();
        this.lease = zones.lease(this);
    }

    /**
     * Takes a section.
     *
     * @param domain CODE and RODATA are written now and published with the batch; DATA can be written at all times
     * @param byteSize bytes, at least 1
     * @param byteAlignment a power of two, 1 to {@link CodeHeap#LARGEST_ALIGNMENT}, rounded up to at least 16
     * @return the section, to be written. Bytes that are not written are trapping instructions in code, and zero
     *     elsewhere
     * @throws IllegalArgumentException if size or alignment is out of range, or the domain is SECRET
     * @throws HeapExhaustedException if there is no room; the batch stays open
     * @throws BlockStateException if the batch is published or abandoned
     * @throws WrongThreadException if another thread uses the batch
     */
    public BatchSection allocate(Domain domain, long byteSize, long byteAlignment) {
        Objects.requireNonNull(domain, "domain");
        if (domain == Domain.SECRET) {
            throw new IllegalArgumentException("a batch has no section of domain " + domain);
        }
        Domain zone = domain == Domain.RODATA ? zoneOfConstants : domain;
        requireState("allocate");
        Space space = zones.of(zone, byteSize);
        space.requireSizeAndAlignment(byteSize, byteAlignment);
        requireUser("allocate");
        return domain.isPublished() && zones.path() == WritePath.IN_PLACE
                ? inStretch(domain, zone, space, byteSize, byteAlignment)
                : inBlock(domain, space, byteSize, byteAlignment);
    }

    private BatchSection inStretch(Domain domain, Domain zone, Space space, long byteSize, long byteAlignment) {
        long offset = parts.computeIfAbsent(zone, key -> new BatchPart(space)).take(byteSize, byteAlignment);
        return cleared(new BatchSection(this, domain, space, offset, byteSize, null));
    }

    private BatchSection inBlock(Domain domain, Space space, long byteSize, long byteAlignment) {
        Staging staging = zones.isStaged(domain, space) ? Staging.of(zones, domain, byteSize) : null;
        Piece piece = new Piece(space);
        // First, so that no Error can lose its block.
        blocks.add(piece);
        piece.take(byteSize, byteAlignment);
        BatchSection section = new BatchSection(this, domain, space, piece.offset(), byteSize, staging);
        sections.add(section);
        return staging == null ? cleared(section) : section;
    }

    private static BatchSection cleared(BatchSection section) {
        if (section.domain() != Domain.CODE) {
            section.writable().fill((byte) 0);
        }
        return section;
    }

    /** {@return the life of what the thread that uses the batch gets, until it hands that over or ends it} */
    Arena arena() {
        Arena life = ownArena();
        if (life == null) {
            life = Arena.ofConfined();
            arena = life;
            arenaThreadId = Thread.currentThread().threadId();
        }
        return life;
    }

    /** {@return the arena of the current thread, if it has one: no thread can use that of a thread that has ended} */
    private @Nullable Arena ownArena() {
        return arenaThreadId == Thread.currentThread().threadId() ? arena : null;
    }

    Lifetime life() {
        return life;
    }

    /**
     * Ends the current thread's use of the batch: the next thread that calls one of its methods becomes its user. What
     * this thread got from {@link BatchSection#writable} can no longer be used; the next user asks for it again, and
     * sees what this thread wrote.
     *
     * @throws BlockStateException if the batch is published or abandoned, or a downcall holds one of its sections
     * @throws WrongThreadException if another thread uses the batch
     */
    public void handOver() {
        requireUser("handOver");
        endHandedOut("handOver");
        lease.release();
    }

    /**
     * Publishes all sections: every thread that receives their addresses through a properly published reference can run
     * the code and read the constants, and no thread can write them.
     *
     * @return what was published, to be freed together
     * @throws WritePathException if the kernel refused; the batch is abandoned then
     * @throws BlockStateException if the batch is published or abandoned, its {@link CodeGroup} is closed, or a
     *     downcall holds one of its sections
     * @throws WrongThreadException if another thread uses the batch
     */
    public PublishedBatch publish() {
        return life.during(this::publishWhileLive);
    }

    private PublishedBatch publishWhileLive() {
        List<Piece> pieces = new ArrayList<>(blocks);
        end("publish", LifeCycle.PUBLISHED);
        try {
            VarHandle.releaseFence();
            sections.forEach(BatchSection::publish);
            for (BatchPart part : parts.values()) {
                part.publish();
            }
            parts.values().forEach(part -> pieces.addAll(part.pieces()));
            PublishedBatch published = new PublishedBatch(life, pieces);
            pieces.forEach(this::announce);
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

    private void announce(Piece piece) {
        zones.recorder().published(piece, named.stream().filter(piece::contains).toArray(NamedPart[]::new));
    }

    void name(NamedPart part) {
        named.add(part);
    }

    /**
     * Gives everything back, written or not. If an Error cuts this short, the next call gives back the rest.
     *
     * @throws BlockStateException if the batch is published or abandoned, or a downcall holds one of its sections
     * @throws WrongThreadException if another thread uses the batch
     */
    public void abandon() {
        if (!isCutShort()) {
            end("abandon", LifeCycle.ABANDONED);
        }
        giveBack();
    }

    private boolean isCutShort() {
        return state == LifeCycle.ABANDONED && !isGivenBack && isUser();
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
        while (freedBlockCount < blocks.size()) {
            blocks.get(freedBlockCount).free();
            freedBlockCount++;
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

    /** Throws unless the batch is open and the current thread uses it, or no thread does. */
    void requireUser(String action) {
        requireState(action);
        if (!isUser()) {
            throw new WrongThreadException(action + " failed: " + lease.user() + " uses " + subject()
                    + ", and must call handOver() or end before");
        }
    }

    private void requireState(String action) {
        if (state != LifeCycle.WRITABLE) {
            throw state.refuse(action, subject(), LifeCycle.WRITABLE);
        }
    }

    private boolean isUser() {
        return lease.acquire() || zones.takeOver(lease);
    }

    private String subject() {
        return "the batch of " + life.name();
    }

    private void end(String action, LifeCycle next) {
        requireUser(action);
        endHandedOut(action);
        state = next;
    }

    private void endHandedOut(String action) {
        Arena life = ownArena();
        if (life == null) {
            return;
        }
        try {
            // It is closed already if an Error cut an earlier attempt short.
            if (life.scope().isAlive()) {
                life.close();
            }
            arena = null;
        } catch (IllegalStateException inUse) {
            throw BlockStateException.sectionInUse(action, zones.name(), inUse);
        }
    }
}
