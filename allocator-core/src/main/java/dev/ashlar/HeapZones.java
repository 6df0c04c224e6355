package dev.ashlar;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Region;
import dev.ashlar.region.Span;
import dev.ashlar.region.Zone;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.CountingCalls;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The zones of one heap, in one span: the first from the start, the others from their first use on, so that a heap
 * which needs none of them pays for none. Thread-safe; this lock comes before those of the spaces.
 */
final class HeapZones {
    private final String name;
    private final Span span;
    private final MemoryDemand memory;
    private final WritePath path;
    private final CountingCalls calls;
    private final HeapSpace first;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Domain, HeapSpace> opened = new EnumMap<>(Domain.class);
    private volatile List<HeapSpace> spaces;
    private final Set<CodeBatch> openBatches = ConcurrentHashMap.newKeySet();

    private HeapZones(
            String name, Span span, MemoryDemand memory, WritePath path, CountingCalls calls, Domain domain,
            Zone zone) {
        this.name = name;
        this.span = span;
        this.memory = memory;
        this.path = path;
        this.calls = calls;
        this.first = new HeapSpace(name, zone, ladderOf(domain), calls);
        this.spaces = List.of(first);
        opened.put(domain, first);
    }

    /** The zones of a span, with the one for {@code domain} open. @return null where the host refused, with why */
    static @Nullable HeapZones open(
            String name, Span span, MemoryDemand memory, WritePath path, CountingCalls calls, Domain domain,
            List<Refusal> refusals) {
        switch (span.open(domain)) {
            case Span.Refused refused -> {
                span.close();
                refusals.add(refused.refusal());
                return null;
            }
            case Span.Opened zone -> {
                HeapZones zones = new HeapZones(name, span, memory, path, calls, domain, zone.zone());
                if (!zones.first.probe()) {
                    refusals.addAll(zones.first.regions.refusals());
                    zones.close();
                    return null;
                }
                return zones;
            }
        }
    }

    private List<Backing> ladderOf(Domain domain) {
        if (domain == Domain.SECRET) {
            return List.of(Backing.SECRET);
        }
        return domain.isPublished() ? memory.ladder(path) : memory.dataLadder();
    }

    /** {@return the space that was opened first} */
    HeapSpace first() {
        return first;
    }

    /** {@return all spaces that are open} */
    List<HeapSpace> spaces() {
        return spaces;
    }

    Span span() {
        return span;
    }

    WritePath path() {
        return path;
    }

    MemoryDemand memory() {
        return memory;
    }

    /**
     * {@return the space for a domain, opened if need be}
     *
     * @throws HeapExhaustedException if the span has no room for it, or the host gives none
     */
    HeapSpace of(Domain domain) {
        for (HeapSpace space : spaces) {
            if (space.zone.domain() == domain) {
                return space;
            }
        }
        lock.lock();
        try {
            first.requireOpen();
            HeapSpace space = opened.get(domain);
            return space != null ? space : open(domain);
        } finally {
            lock.unlock();
        }
    }

    private HeapSpace open(Domain domain) {
        if (span.byteSizeOf(domain) == 0) {
            throw HeapExhaustedException.noZone(domain);
        }
        HeapSpace space =
                switch (span.open(domain)) {
                    case Span.Opened zone -> new HeapSpace(name, zone.zone(), ladderOf(domain), calls);
                    case Span.Refused refused -> throw HeapExhaustedException.noZone(domain, refused.refusal());
                };
        List<HeapSpace> more = new ArrayList<>(spaces);
        more.add(space);
        opened.put(domain, space);
        spaces = List.copyOf(more);
        return space;
    }

    /** Counts a batch that is being opened; the heap is not closed before it is over. */
    void enter(CodeBatch batch) {
        lock.lock();
        try {
            first.requireOpen();
            openBatches.add(batch);
        } finally {
            lock.unlock();
        }
    }

    /** A batch has given back what it held. */
    void leave(CodeBatch batch) {
        openBatches.remove(batch);
    }

    /** {@return the boundary to the kernel} */
    SystemCalls calls() {
        return calls;
    }

    /** {@return bytes of committed regions in all zones} */
    long committedByteSize() {
        long byteSize = 0;
        for (HeapSpace space : spaces) {
            byteSize += space.regions.committedByteSize();
        }
        return byteSize;
    }

    /** Gives every empty region back. @return bytes */
    long trim() {
        long byteSize = 0;
        for (HeapSpace space : spaces) {
            byteSize += space.trim();
        }
        return byteSize;
    }

    /** {@return bytes of all zones that are open} */
    long capacityByteSize() {
        return spaces.stream().mapToLong(space -> space.zone.byteSize()).sum();
    }

    /** {@return bytes rounded up to whole regions} */
    static long roundedToRegions(long byteSize) {
        return Region.countFor(byteSize) * Region.BYTE_SIZE;
    }

    /** Closes all zones; where a downcall or a batch uses one of them nothing changes. */
    void close() {
        close(null);
    }

    /** Closes all zones; where a downcall, a batch or an arena uses one of them nothing changes. */
    void close(@Nullable OpenArenas arenas) {
        lock.lock();
        try {
            HeapSpace.close(spaces, () -> closeSpan(arenas));
        } finally {
            lock.unlock();
        }
    }

    private void closeSpan(@Nullable OpenArenas arenas) {
        // Nobody can end a batch whose thread is gone, and nobody can touch its sections.
        if (openBatches.stream().anyMatch(CodeBatch::isOpenersStill)) {
            throw HeapErrors.batchesOpen(name);
        }
        if (arenas != null && !arenas.shut()) {
            throw HeapErrors.arenasOpen(name);
        }
        try {
            span.close();
        } catch (IllegalStateException inUse) {
            if (arenas != null) {
                arenas.reopen();
            }
            throw HeapErrors.inUse(name, inUse);
        }
    }
}
