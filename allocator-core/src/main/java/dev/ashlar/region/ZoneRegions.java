package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.Refusal;
import dev.ashlar.recording.Begun;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The regions of one zone: which are committed, by which rung, and their total size. Not thread-safe, except that
 * {@link #prepare} commits one region while other threads use this object.
 */
public final class ZoneRegions implements RegionSource, AutoCloseable {
    private static final int NONE = -1;

    private final Zone zone;
    private final ZoneEvents events;
    private final Ladder ladder;
    private final Preparation preparation;
    private final @Nullable Rung[] rungOf;
    private final List<Backing> backingsInOrder = new ArrayList<>();
    // Read by threads that do not hold the heap's lock.
    private volatile long committedByteSize;
    private final KernelView kernelView;
    private final Ledger ledger;
    private final Permissions permissions;
    private final Discards discards;
    private long peakCommittedByteSize;
    private boolean closed;
    /** The region that is being committed or released, or {@link #NONE}. */
    private int changing = NONE;
    /** Commits and releases that were begun. */
    private long changeCount;
    private Runnable whenGrown = () -> {};

    /**
     * Creates the regions of {@code zone}, none of them committed.
     *
     * @param backings the backings to try, in this order
     * @param name shown in {@code /proc/self/maps} with the backing's label
     */
    public ZoneRegions(Zone zone, List<Backing> backings, SystemCalls calls, String name) {
        this.zone = zone;
        this.events = new ZoneEvents(zone, name);
        this.ladder = new Ladder(backings, zone, calls, name, events);
        this.preparation = new Preparation(ladder);
        this.rungOf = new Rung[Region.countFor(zone.byteSize())];
        this.kernelView = new KernelView(zone, calls);
        this.ledger = new Ledger(zone, rungOf.length, events);
        this.permissions = new Permissions(zone, ledger, calls);
        this.discards = new Discards(zone, ledger, calls);
    }

    @Override
    public int regionCount() {
        return rungOf.length;
    }

    @Override
    public boolean commit(int region) {
        Fork.refuse();
        assert rungOf[region] == null : "region " + region + " is committed already";
        if (closed) {
            // The heap was closed during an allocation: the address space is no longer ours.
            return false;
        }
        assert preparing() < 0 : "region " + preparing() + " is being prepared";
        changeCount++;
        changing = region;
        Rung rung = ladder.commit(region);
        if (rung == null) {
            changing = NONE;
            return false;
        }
        install(region, rung);
        return true;
    }

    private void install(int region, Rung rung) {
        ledger.committed(region, rung.backing(), rung.joinsNeighbours());
        if (!backingsInOrder.contains(rung.backing())) {
            backingsInOrder.add(rung.backing());
        }
        long committed = committedByteSize + Region.BYTE_SIZE;
        long peak = Math.max(peakCommittedByteSize, committed);
        // No call from here on: the region is committed.
        rungOf[region] = rung;
        committedByteSize = committed;
        peakCommittedByteSize = peak;
        changing = NONE;
    }

    @Override
    public void grown() {
        whenGrown.run();
    }

    /** Sets what is called when the zone grows, with the heap's lock held. */
    public void whenGrown(Runnable action) {
        whenGrown = action;
    }

    @Override
    public int preparing() {
        return preparation.region();
    }

    @Override
    public void beginPreparing(int region) {
        assert rungOf[region] == null && changing == NONE : "region " + region + " changing=" + changing;
        changeCount++;
        preparation.begin(region);
    }

    /** Commits the region that is being prepared. Pre: the heap's lock is not held. */
    public void prepare() {
        preparation.work();
    }

    @Override
    public boolean endPreparing() {
        if (closed) {
            preparation.end();
            return false;
        }
        Ladder.Attempt attempt = awaitPreparing();
        int region = preparing();
        changeCount++;
        // From here on the region is one that this call commits, or makes a hole.
        changing = region;
        preparation.end();
        Rung rung = attempt == null ? null : attempt.rung();
        if (attempt == null) {
            recover();
        } else if (rung != null) {
            ladder.keep(attempt);
            install(region, rung);
        }
        changing = NONE;
        return rung != null;
    }

    /** Waits until no thread prepares a region, and lets none begin before the heap's lock is free. */
    public void awaitPrepared() {
        if (preparing() >= 0) {
            awaitPreparing();
        }
    }

    private Ladder.@Nullable Attempt awaitPreparing() {
        // A fork does not have the thread for which it would wait.
        Fork.refuse();
        return preparation.await();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Callers hold the lock of the heap.
    public boolean release(int region) {
        Fork.refuse();
        Rung rung = rungOf[region];
        if (rung == null) {
            throw new IllegalStateException("region " + region + " is not committed");
        }
        if (closed) {
            return false;
        }
        assert preparing() < 0 : "region " + preparing() + " is being prepared";
        long committed = committedByteSize;
        // First, and without a call in between: if an Error comes now, no block is placed in a hole.
        changeCount++;
        changing = region;
        rungOf[region] = null;
        committedByteSize = committed - Region.BYTE_SIZE;
        Begun begun = events.releaseBegins();
        boolean released = rung.release(region);
        if (released) {
            ledger.released(region, System.nanoTime());
            kernelView.forget(region);
            discards.forget(region);
            events.released(begun, region, rung.backing());
        } else {
            rungOf[region] = rung;
            committedByteSize = committed;
        }
        changing = NONE;
        return released;
    }

    @Override
    public boolean isCommitted(int region) {
        return rungOf[region] != null;
    }

    /** {@inheritDoc} The region becomes a hole: no block is in it. */
    @Override
    public void recover() {
        if (changing != NONE) {
            Fork.refuse();
            // An Error may have come while it was about to be ended.
            preparation.end();
            ladder.forget(changing);
            ledger.forget(changing);
            kernelView.forget(changing);
            discards.forget(changing);
            changing = NONE;
        }
    }

    /**
     * Populates the pages of a range of committed memory, if the commit did not, so that no touch can raise a signal.
     *
     * @return whether they are there now; if not, the reasons are kept
     */
    public boolean populate(long offset, long byteSize) {
        Fork.refuse();
        long end = offset + byteSize;
        for (long at = offset; at < end; at = Region.endOfPart(at, end)) {
            Refusal refusal = rungAt(at).populate(at, Region.endOfPart(at, end) - at);
            if (refusal != null) {
                ladder.failed(refusal);
                return false;
            }
        }
        return true;
    }

    @Override
    public int discard(int firstPage, int pageCount) {
        if (closed || zone.domain() != Domain.DATA) {
            // A page of code without memory reads as zeros, which are instructions and not traps.
            return 0;
        }
        Fork.refuse();
        return discards.discard(rungAt(Pages.offsetOf(firstPage)), firstPage, pageCount);
    }

    @Override
    public boolean restore(int firstPage, int pageCount) {
        if (discards.isEmpty()) {
            return true;
        }
        Fork.refuse();
        int end = firstPage + pageCount;
        for (int page = firstPage; page < end; page = Pages.endOfPart(page, end)) {
            Backing backing = rungAt(Pages.offsetOf(page)).backing();
            Refusal refusal = discards.restore(backing, page, Pages.endOfPart(page, end));
            if (refusal != null) {
                ladder.failed(refusal);
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isThin(int region) {
        return !discards.isEmpty() && discards.byteSize(region) > 0;
    }

    /** {@return bytes of free pages that have no memory in committed regions} */
    public long discardedByteSize() {
        return discards.byteSize();
    }

    /** {@return bytes of free pages of a region that have no memory} */
    public long discardedByteSize(int region) {
        return discards.byteSize(region);
    }

    /** Overwrites a range of committed memory with zeros, without populating pages. */
    public void clear(long offset, long byteSize) {
        Fork.refuse();
        long end = offset + byteSize;
        for (long at = offset; at < end; at = Region.endOfPart(at, end)) {
            rungAt(at).clear(at, Region.endOfPart(at, end) - at);
        }
    }

    private Rung rungAt(long offset) {
        int region = Region.indexOf(offset);
        Rung rung = rungOf[region];
        if (rung == null) {
            throw new IllegalStateException("region " + region + " is not committed");
        }
        return rung;
    }

    /** {@return bytes of pages that the kernel's own map of memory lacks} */
    public long hiddenByteSize() {
        return ladder.hiddenByteSize();
    }

    /** {@return the backing of a committed region, or null for a hole} */
    public @Nullable Backing backingOf(int region) {
        Rung rung = rungOf[region];
        return rung == null ? null : rung.backing();
    }

    @Override
    public boolean releases() {
        return zone.hardening() != Hardening.PINNED;
    }

    @Override
    public boolean publishesInPlace() {
        return zone.isPublishedInPlace();
    }

    @Override
    public boolean isOpen(int firstPage, int pageCount) {
        return ledger.isOpen(Pages.offsetOf(firstPage), Pages.offsetOf(pageCount));
    }

    @Override
    public void emptied(int region) {
        ledger.emptied(region);
    }

    /** {@return a number that is another one after any change of mappings or permissions, refused ones included} */
    public long version() {
        return changeCount + ledger.version();
    }

    /** {@return the record of page permissions and of the permission changes made} */
    public Ledger ledger() {
        return ledger;
    }

    /** {@return what tells a recording about the zone} */
    public ZoneEvents events() {
        return events;
    }

    /** {@return what publishes pages in place} */
    public Permissions permissions() {
        return permissions;
    }

    /** {@return the reader of the kernel's tables of this zone} */
    public KernelView kernelView() {
        return kernelView;
    }

    /** {@return bytes of committed regions; any thread may ask} */
    public long committedByteSize() {
        return committedByteSize;
    }

    /** {@return the largest number of committed bytes so far} */
    public long peakCommittedByteSize() {
        return peakCommittedByteSize;
    }

    /** {@return bytes of committed regions by backing} */
    public Map<Backing, Long> committedByBacking() {
        Map<Backing, Long> bytes = new EnumMap<>(Backing.class);
        for (Rung rung : rungOf) {
            if (rung != null) {
                bytes.merge(rung.backing(), Region.BYTE_SIZE, Long::sum);
            }
        }
        return bytes;
    }

    /** {@return the backings of the committed regions, in the order in which they first came into use} */
    public List<Backing> backingsInUse() {
        Map<Backing, Long> committed = committedByBacking();
        return backingsInOrder.stream().filter(committed::containsKey).toList();
    }

    /**
     * {@return the refusals so far, one for each backing and error with its latest call, in the order of those calls}
     */
    public List<Refusal> refusals() {
        return ladder.refusals();
    }

    /**
     * {@return why the last commit failed, one refusal for each backing; empty if none has failed since the previous
     * call}
     */
    public List<Refusal> takeFailure() {
        return ladder.takeFailure();
    }

    /** {@return bytes of bookkeeping} */
    public long metadataByteSize() {
        return 128 + 4L * rungOf.length + ledger.metadataByteSize();
    }

    /** Closes the files of the regions. Closing the span has given their memory back. */
    @Override
    public void close() {
        if (!closed) {
            for (int region = 0; region < rungOf.length; region++) {
                Rung rung = rungOf[region];
                if (rung != null) {
                    events.released(events.releaseBegins(), region, rung.backing());
                }
            }
        }
        closed = true;
        ladder.close();
        committedByteSize = 0;
    }
}
