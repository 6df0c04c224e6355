package dev.ashlar.heap;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Fork;
import dev.ashlar.region.Health;
import dev.ashlar.region.SharedArenas;
import dev.ashlar.region.Span;
import dev.ashlar.region.View;
import dev.ashlar.region.Zone;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Leftovers;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The zones of one heap, in one span. The first is open from the start, the others from their first use on, so that a
 * heap pays only for those that it needs.
 *
 * <p>Thread-safe. A thread that needs several locks takes this one first, then those of the spaces.
 */
public final class Zones {
    /** Whether the heap can be used. */
    public final Health health;

    /** All but what callers can reach: the segments that they have refer to this object, but not to that one. */
    private final Estate estate;

    private final Span span;
    private final MemoryDemand memory;
    private final WritePath path;
    private final SystemCalls calls;
    private final Space first;
    private final CodePatcher patcher;
    /** The life of the segments that callers get. */
    private final Arena handedOut = SharedArenas.open();

    private final MemorySegment front;
    private final @Nullable MemorySegment writable;
    private final Cleaner.Cleanable watch;
    private volatile boolean checksLateWrites;
    private volatile boolean preparesRegions = true;

    /** Keeps a heap open for as long as the thread lives that took it. */
    public static final class Lease {
        /** Weak, because an ended thread can keep much reachable. */
        private final WeakReference<Thread> holder = new WeakReference<>(Thread.currentThread());
        private final long holderId = Thread.currentThread().threadId();

        private Lease() {}

        /** {@return whether the current thread took it} */
        public boolean isOwn() {
            return Thread.currentThread().threadId() == holderId;
        }

        boolean isHeld() {
            Thread thread = holder.get();
            return thread != null && thread.isAlive();
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
        this.health = new Health(name);
        this.estate = new Estate(name, health, span, zone.domain() == Domain.CODE ? null : new OpenArenas());
        this.span = span;
        this.memory = memory;
        this.path = path;
        this.calls = calls;
        this.first = new Space(name, zone, ladderOf(zone.domain()), calls, health);
        this.patcher = new CodePatcher(first, path, calls);
        estate.add(first);
        keepReachable();
        this.front = handOut(zone.front());
        // In place, code is written to a buffer.
        this.writable = zone.isWritable() && !zone.isPublishedInPlace() ? handOut(zone.writing()) : null;
        this.watch = Leftovers.watch(this, estate::dropped);
        span.keep();
    }

    /** Makes every segment of the arena refer to this object: an action is part of its arena. */
    @SuppressWarnings("restricted")
    private void keepReachable() {
        MemorySegment.NULL.reinterpret(handedOut, this::ended);
    }

    private void ended(MemorySegment nothing) {
        assert nothing.address() == 0 : "not the segment that keepReachable made";
    }

    @SuppressWarnings("restricted")
    private MemorySegment handOut(View view) {
        MemorySegment whole =
                MemorySegment.ofAddress(view.base()).reinterpret(view.range().byteSize(), handedOut, null);
        return view.access() == Access.WRITE ? whole : whole.asReadOnly();
    }

    /** {@return the first zone as callers see it, for segments that they get: they keep the heap's memory} */
    public MemorySegment front() {
        return front;
    }

    /** {@return the first zone for writing, for segments that callers get} */
    public MemorySegment writable() {
        return Objects.requireNonNull(writable, "a view to write through");
    }

    /** {@return a zone as callers see it, for segments that they get: read-only if they hold what is published} */
    public MemorySegment frontOf(Space space, Domain domain) {
        MemorySegment all = handOut(space.zone().front());
        return domain.isPublished() ? all.asReadOnly() : all;
    }

    /** {@return a zone for writing, for segments that callers get} */
    public MemorySegment writableOf(Space space) {
        return handOut(space.zone().writing());
    }

    /**
     * Makes what callers see of this heap. If that fails, the heap is closed.
     *
     * @param front makes the object that callers get
     */
    public <T> T present(Function<Zones, T> front) {
        try {
            return front.apply(this);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Records that callers know an address of the heap, which does not keep it reachable. */
    public void noteAddress() {
        if (!estate.isAddressed) {
            estate.isAddressed = true;
        }
    }

    Estate estate() {
        return estate;
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
                        zones.first.prepareFailure();
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
        return estate.spaces;
    }

    /** {@return the heap's address space} */
    public Span span() {
        return span;
    }

    /** {@return what {@code reading} finds while no other thread opens a zone or changes pages or regions} */
    <T> T whileNothingChanges(Supplier<T> reading) {
        synchronized (estate.lock) {
            return whileOpen(estate.spaces, reading);
        }
    }

    private static <T> T whileOpen(List<Space> spaces, Supplier<T> reading) {
        return spaces.isEmpty()
                ? reading.get()
                : spaces.getFirst().whileOpen(() -> whileOpen(spaces.subList(1, spaces.size()), reading));
    }

    /** {@return all address space that is reserved now, guards included} */
    List<AddressRange> ranges() {
        synchronized (estate.lock) {
            first.requireOpen();
            return span.ranges();
        }
    }

    /** {@return the boundary to the kernel} */
    SystemCalls calls() {
        return calls;
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
        return estate.name;
    }

    /** {@return the arenas that are open, of a heap that has arenas} */
    OpenArenas arenas() {
        OpenArenas arenas = estate.arenas;
        if (arenas == null) {
            throw new IllegalStateException("heap " + estate.name + " has no arenas");
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
        for (Space space : estate.spaces) {
            if (space.zone().domain() == domain) {
                return space;
            }
        }
        synchronized (estate.lock) {
            first.requireOpen();
            for (Space space : estate.spaces) {
                if (space.zone().domain() == domain) {
                    return space;
                }
            }
            return open(domain, byteSize);
        }
    }

    private Space open(Domain domain, long byteSize) {
        if (span.byteSizeOf(domain) == 0) {
            throw HeapExhaustedException.noZone(estate.name, domain, byteSize);
        }
        Space space =
                switch (span.open(domain)) {
                    case Span.Opened opened -> new Space(estate.name, opened.zone(), ladderOf(domain), calls, health);
                    case Span.Refused refused -> throw HeapExhaustedException.zoneRefused(
                            estate.name, domain, byteSize, span.byteSizeOf(domain), refused.refusal());
                };
        if (!preparesRegions) {
            space.withoutPreparedRegions();
        }
        estate.add(space);
        return space;
    }

    /** {@return a lease that keeps the heap open until {@link #end} or the end of the current thread} */
    public Lease lease() {
        Lease lease = new Lease();
        synchronized (estate.lock) {
            first.requireOpen();
            try {
                estate.leases.add(lease);
            } catch (Throwable e) {
                estate.leases.remove(lease);
                throw e;
            }
        }
        return lease;
    }

    /** Ends a lease. */
    public void end(Lease lease) {
        estate.leases.remove(lease);
    }

    /** Makes writes throw that come after their block was published. Pre: no block was handed out. */
    public void checkLateWrites() {
        checksLateWrites = true;
    }

    /** Has every allocation commit the regions that it needs. Pre: no block was handed out. */
    public void withoutPreparedRegions() {
        preparesRegions = false;
        first.withoutPreparedRegions();
    }

    /** {@return whether a write throws that comes after its block was published} */
    boolean checksLateWrites() {
        return checksLateWrites;
    }

    /** {@return whether callers write the blocks of a domain, in its space, to a buffer until they are published} */
    public boolean isStaged(Domain domain, Space space) {
        return domain.isPublished() && (space.isStaged() || checksLateWrites);
    }

    /** {@return what patches the heap's code} */
    public CodePatcher patcher() {
        return patcher;
    }

    /** {@return bytes of committed regions in all zones} */
    public long committedByteSize() {
        long byteSize = 0;
        for (Space space : estate.spaces) {
            byteSize += space.regions().committedByteSize();
        }
        return byteSize;
    }

    /**
     * Gives memory back.
     *
     * @return bytes
     */
    public long trim(TrimEffort effort) {
        long byteSize = 0;
        for (Space space : estate.spaces) {
            byteSize += space.trim();
            byteSize += effort == TrimEffort.FREE_PAGES ? space.discardFreePages() : 0;
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
        return estate.spaces.stream().mapToInt(Space::heal).sum();
    }

    /**
     * Closes all zones. If an Error cuts this short, the next call completes it.
     *
     * @throws BlockStateException if a downcall, a batch or an arena uses one of them; then nothing has changed
     * @throws ForkedProcessException in a fork: the files are the parent's, and the addresses may be in use again
     */
    public void close() {
        Fork.refuse();
        estate.close(handedOut);
        health.noteCaller();
        // The heap is closed: nothing is left to do for what watches it.
        watch.clean();
    }
}
