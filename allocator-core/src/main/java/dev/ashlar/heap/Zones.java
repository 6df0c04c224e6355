package dev.ashlar.heap;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Fork;
import dev.ashlar.region.Health;
import dev.ashlar.region.Span;
import dev.ashlar.region.Zone;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The zones of one heap, in one span. The first is open from the start, the others from their first use on, so that a
 * heap pays only for those that it needs.
 *
 * <p>Thread-safe. A thread that needs several locks takes this one first, then those of the spaces.
 */
public final class Zones {
    private final String name;
    /** Whether the heap can be used. */
    public final Health health;

    private final Span span;
    private final MemoryDemand memory;
    private final WritePath path;
    private final SystemCalls calls;
    private final Space first;
    private final CodePatcher patcher;
    private final Object lock = new Object();
    private volatile List<Space> spaces;
    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
    private final @Nullable OpenArenas arenas;

    /** Keeps a heap open for as long as the thread lives that took it. */
    public static final class Lease {
        private final Thread holder = Thread.currentThread();

        private Lease() {}

        /** {@return whether the current thread took it} */
        public boolean isOwn() {
            return Thread.currentThread().equals(holder);
        }
    }

    /** The result of opening a heap's first zone. */
    public sealed interface Opening {}

    /** The host gave what was asked for. */
    public record Opened(Zones zones) implements Opening {}

    /** The host refused. Nothing is left open. */
    public record Refused(List<Refusal> refusals) implements Opening {}

    private Zones(
            String name, Span span, MemoryDemand memory, WritePath path, SystemCalls calls, Zone zone) {
        this.name = name;
        this.health = new Health(name);
        this.span = span;
        this.memory = memory;
        this.path = path;
        this.calls = calls;
        this.first = new Space(name, zone, ladderOf(zone.domain()), calls, health);
        this.patcher = new CodePatcher(first, path, calls);
        this.spaces = List.of(first);
        this.arenas = zone.domain() == Domain.CODE ? null : new OpenArenas();
    }

    /** Reserves the span of a heap with one zone, for data or secrets, and commits its first region. */
    public static Opening reserve(
            SystemCalls calls, String name, MemoryDemand memory, Domain domain, long byteSize) {
        // The write path means nothing for memory that is not published.
        return switch (Span.reserve(calls, List.of(new Span.Part(domain, WritePath.ALIAS, byteSize)), 0)) {
            case Span.Reserved reserved -> open(name, reserved.span(), memory, WritePath.ALIAS, calls, domain);
            case Span.Refused refused -> new Refused(List.of(refused.refusal()));
            case Span.NotReachable not -> throw new AssertionError("no address was to be near: " + not);
        };
    }

    /**
     * Opens a heap's first zone and commits its first region.
     *
     * @param span the span, which this call closes if the host refuses
     */
    public static Opening open(
            String name, Span span, MemoryDemand memory, WritePath path, SystemCalls calls, Domain domain) {
        Zones zones = null;
        try {
            switch (span.open(domain)) {
                case Span.Refused refused -> {
                    span.close();
                    return new Refused(List.of(refused.refusal()));
                }
                case Span.Opened opened -> {
                    zones = new Zones(name, span, memory, path, calls, opened.zone());
                    if (zones.first.probe()) {
                        return new Opened(zones);
                    }
                    Refused refused = new Refused(zones.first.regions().refusals());
                    zones.close();
                    return refused;
                }
            }
        } catch (Throwable e) {
            if (zones != null) {
                zones.close();
            } else {
                span.close();
            }
            throw e;
        }
    }

    private List<Backing> ladderOf(Domain domain) {
        if (domain == Domain.SECRET) {
            return List.of(Backing.SECRET);
        }
        return domain.isPublished() ? memory.ladder(path) : memory.dataLadder();
    }

    /** {@return the space that was opened first} */
    public Space first() {
        return first;
    }

    /** {@return all spaces that are open} */
    public List<Space> spaces() {
        return spaces;
    }

    /** {@return the heap's address space} */
    public Span span() {
        return span;
    }

    /** {@return the write path of code} */
    public WritePath path() {
        return path;
    }

    /** {@return what memory the caller demanded} */
    public MemoryDemand memory() {
        return memory;
    }

    /** {@return the heap's name} */
    public String name() {
        return name;
    }

    /** {@return the arenas that are open, of a heap that has arenas} */
    OpenArenas arenas() {
        if (arenas == null) {
            throw new IllegalStateException("heap " + name + " has no arenas");
        }
        return arenas;
    }

    /**
     * {@return the space for a domain, which is opened if need be}
     *
     * @param byteSize bytes that the caller is about to take there
     * @throws HeapExhaustedException if the span has no room for the domain, or the host refuses
     */
    public Space of(Domain domain, long byteSize) {
        for (Space space : spaces) {
            if (space.zone().domain() == domain) {
                return space;
            }
        }
        synchronized (lock) {
            first.requireOpen();
            for (Space space : spaces) {
                if (space.zone().domain() == domain) {
                    return space;
                }
            }
            return open(domain, byteSize);
        }
    }

    private Space open(Domain domain, long byteSize) {
        if (span.byteSizeOf(domain) == 0) {
            throw HeapExhaustedException.noZone(domain, byteSize);
        }
        Space space =
                switch (span.open(domain)) {
                    case Span.Opened opened -> new Space(name, opened.zone(), ladderOf(domain), calls, health);
                    case Span.Refused refused -> throw HeapExhaustedException.zoneRefused(
                            domain, byteSize, span.byteSizeOf(domain), refused.refusal());
                };
        List<Space> more = new ArrayList<>(spaces);
        more.add(space);
        spaces = List.copyOf(more);
        return space;
    }

    /** {@return a lease that keeps the heap open until {@link #end} or the end of the current thread} */
    public Lease lease() {
        Lease lease = new Lease();
        synchronized (lock) {
            first.requireOpen();
            try {
                leases.add(lease);
            } catch (Throwable e) {
                leases.remove(lease);
                throw e;
            }
        }
        return lease;
    }

    /** Ends a lease. */
    public void end(Lease lease) {
        leases.remove(lease);
    }

    /** {@return what patches the heap's code} */
    public CodePatcher patcher() {
        return patcher;
    }

    /** {@return bytes of committed regions in all zones} */
    public long committedByteSize() {
        long byteSize = 0;
        for (Space space : spaces) {
            byteSize += space.regions().committedByteSize();
        }
        return byteSize;
    }

    /**
     * Gives every empty region back.
     *
     * @return bytes
     */
    public long trim() {
        long byteSize = 0;
        for (Space space : spaces) {
            byteSize += space.trim();
        }
        return byteSize;
    }

    /**
     * Makes split regions huge again.
     *
     * @return how many
     */
    public int heal() {
        first.requireOpen();
        return spaces.stream().mapToInt(Space::heal).sum();
    }

    /**
     * Closes all zones. If an Error cuts this short, the next call completes it.
     *
     * @throws BlockStateException if a downcall, a batch or an arena uses one of them; then nothing has changed
     * @throws ForkedProcessException in a fork: the files are the parent's, and the addresses may be in use again
     */
    public void close() {
        Fork.refuse();
        synchronized (lock) {
            Space.close(spaces, this::closeSpan);
        }
    }

    private void closeSpan() {
        if (!health.isClosed()) {
            shutSpan();
            health.close();
        }
        span.release();
    }

    private void shutSpan() {
        // If a thread has ended with a batch open, no other thread can end it or touch its sections.
        if (leases.stream().anyMatch(lease -> lease.holder.isAlive())) {
            throw BlockStateException.batchesOpen(name);
        }
        if (arenas != null) {
            List<String> open = arenas.shut();
            if (!open.isEmpty()) {
                throw BlockStateException.arenasOpen(name, open);
            }
        }
        try {
            span.shut();
        } catch (IllegalStateException inUse) {
            if (arenas != null) {
                arenas.reopen();
            }
            throw BlockStateException.heapInUse(name, inUse);
        }
    }
}
