package dev.ashlar.heap;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.memory.Visibility;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Fork;
import dev.ashlar.region.Health;
import dev.ashlar.region.Reach;
import dev.ashlar.region.Sharing;
import dev.ashlar.region.Span;
import dev.ashlar.region.Zone;
import dev.ashlar.region.ZoneEvents;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Leftovers;
import dev.ashlar.stubs.SystemCalls;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

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
    private final Sharing sharing;
    private final SystemCalls calls;
    private final Space first;
    private final CodePatcher patcher;
    /** The lifetime of the blocks that callers free themselves. */
    private final Unmanaged unmanaged;

    private final Cleaner.Cleanable watch;
    private volatile boolean checksLateWrites;
    private volatile boolean preparesRegions = true;
    private final Recorder recorder;

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
        this.sharing = zone.sharing();
        this.calls = calls;
        this.first = new Space(name, zone, ladderOf(zone.domain()), calls, health, estate.collection);
        this.patcher = new CodePatcher(first, path, calls);
        estate.add(first);
        this.recorder = new Recorder(name, span, estate.lock, () -> estate.spaces);
        this.unmanaged = new Unmanaged(this, first);
        this.watch = Leftovers.watch(this, estate::dropped);
        span.keep();
    }

    /** {@return the lifetime of the blocks that callers free themselves} */
    public Unmanaged unmanaged() {
        return unmanaged;
    }

    /**
     * Makes what callers see of this heap. If that fails, the heap is closed.
     *
     * @param evidence what to record of its blocks
     * @param visibility which tools learn of its code
     * @param front makes the object that callers get
     * @throws UncheckedIOException if a file for the evidence cannot be created
     */
    public <T> T present(Evidence evidence, Visibility visibility, Function<Zones, T> front) {
        try {
            estate.tools = recorder.begin(evidence, visibility, calls);
            return front.apply(this);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** {@return what records blocks, and names them} */
    public Recorder recorder() {
        return recorder;
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
        return switch (Span.reserve(calls, List.of(new Span.Part(domain, WritePath.ALIAS, byteSize)), Reach.ANYWHERE)) {
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
        List<Backing> ladder = domain.isPublished() ? memory.ladder(path) : memory.dataLadder();
        // The pool's memory is a file.
        boolean avoidsPool = domain.isPublished() && memory == MemoryDemand.AUTO && sharing == Sharing.WITHOUT_FILE;
        return avoidsPool ? ladder.stream().filter(backing -> backing != Backing.HUGETLB).toList() : ladder;
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

    /** Checks the bookkeeping of all zones. Pre: no thread that owns memory uses the heap. */
    public void checkInvariants() {
        for (Space space : estate.spaces) {
            // Not under the heap's lock: the check takes the locks of shared owners before that.
            space.requireOpen();
            space.blocks().checkInvariants();
        }
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

    /** {@return whether the span has a zone, opened or not, for a domain} */
    boolean hasRoomFor(Domain domain) {
        return span.byteSizeOf(domain) > 0;
    }

    private Space open(Domain domain, long byteSize) {
        if (!hasRoomFor(domain)) {
            throw ZoneEvents.recorded(name(), domain, HeapExhaustedException.noZone(name(), domain, byteSize));
        }
        Space space =
                switch (span.open(domain)) {
                    case Span.Opened opened -> new Space(
                            estate.name, opened.zone(), ladderOf(domain), calls, health, estate.collection);
                    case Span.Refused refused ->
                            throw ZoneEvents.recorded(estate.name, domain, HeapExhaustedException.zoneRefused(
                                    estate.name, domain, byteSize, span.byteSizeOf(domain), refused.refusal()));
                };
        if (!preparesRegions) {
            space.withoutPreparedRegions();
        }
        space.observe(recorder.observers());
        estate.add(space);
        return space;
    }

    /** {@return the right to use a batch, for the current thread; it keeps the heap open until {@link #end}} */
    public Lease lease(Object batch) {
        Lease lease = new Lease(batch);
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

    /** {@return whether the current thread may use a batch, after taking that right from a thread that has ended} */
    public boolean takeOver(Lease lease) {
        synchronized (estate.lock) {
            // A close, which does not wait for a thread that has ended, holds the lock.
            first.requireOpen();
            return lease.takeOver();
        }
    }

    /** Has the close of the heap ask for the names of threads that may run retired code. */
    public void addRetirement(Supplier<List<String>> holdersUp) {
        estate.retirements.add(holdersUp);
    }

    /** Ends what {@link #addRetirement} began. */
    public void removeRetirement(Supplier<List<String>> holdersUp) {
        estate.retirements.remove(holdersUp);
    }

    /** Ends a lease. */
    public void end(Lease lease) {
        estate.leases.remove(lease);
    }

    /** {@return the groups that are open} */
    public Grouped.Groups groups() {
        return estate.groups;
    }

    /** {@return the code that the garbage collector frees} */
    Collection collection() {
        return estate.collection;
    }

    /** Counts code that the garbage collector frees, which keeps the heap open. */
    void beginCollected() {
        synchronized (estate.lock) {
            first.requireOpen();
            estate.collection.begun();
        }
    }

    /** Sets how long an allocation in a full heap waits for the garbage collector. Pre: no block was handed out. */
    public void longestWaitForCollector(Duration wait) {
        estate.collection.longestWait(wait);
    }

    /** {@return the space in which an address of a live block lies} */
    Space spaceAt(long address) {
        for (Space space : estate.spaces) {
            if (space.contains(address)) {
                return space;
            }
        }
        throw new AssertionError("no space has 0x" + Long.toHexString(address));
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
     * @throws BlockStateException if a downcall, a batch, a group or an arena uses one of them; then nothing has
     *     changed
     * @throws ForkedProcessException in a fork: the files are the parent's, and the addresses may be in use again
     */
    public void close() {
        Fork.refuse();
        estate.close(unmanaged.arena);
        health.noteCaller();
        // The heap is closed: nothing is left to do for what watches it.
        watch.clean();
        recorder.closed();
    }
}
