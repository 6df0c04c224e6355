package dev.ashlar.slab;

import dev.ashlar.memory.Temperature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Assigns a {@link SlabOwner} to each thread.
 *
 * <p>A platform thread gets an owner at its first allocation, unless there are two owners per processor already, since
 * more threads are unlikely to run at once, or as many as the size of the heap allows, since each owner may hold a
 * partly filled run of every size. All other threads, including virtual ones, share {@link #common} under its lock. The
 * memory of a finished thread goes to the common owner, from which the others take runs before they open new ones.
 *
 * <p>A table of the heap finds the owner by the thread's id, so that no state stays in any thread. If the ids of two
 * threads collide, the second one uses the common owner.
 */
final class Owners {
    private static final int TABLE_SIZE = 1024;
    private static final int LOG2_BYTES_PER_OWNER = 20;
    private static final int LEAST_OWNER_COUNT = 2;
    private static final int OWNERS_PER_PROCESSOR = 2;

    /** The owner of threads that have none of their own. */
    final SlabOwner common;

    /** The owner of all cold blocks; null until the first. */
    private volatile @Nullable SlabOwner cold;

    private final RunSpace space;
    private final LongSupplier committedByteSize;
    private final int ownerCountMax;
    private final @Nullable Parking[] byThread = new Parking[TABLE_SIZE];
    /** Copied on write under the common owner's lock. */
    private volatile SlabOwner[] owned = {};

    /** Creates owners for as many threads as are likely to run at once and the size of the heap allows. */
    static Owners forThreads(RunSpace space, LongSupplier committedByteSize, int processorCount) {
        return new Owners(space, committedByteSize, OWNERS_PER_PROCESSOR * processorCount);
    }

    /** Creates no owners: all threads share {@link #common}. */
    static Owners none(RunSpace space) {
        return new Owners(space, () -> 0, 0);
    }

    private Owners(RunSpace space, LongSupplier committedByteSize, int ownerCountMax) {
        this.space = space;
        this.committedByteSize = committedByteSize;
        this.ownerCountMax = ownerCountMax;
        this.common = new SlabOwner(space, this, null, Temperature.HOT);
    }

    /** {@return the owner of cold blocks, to be used under its lock} */
    SlabOwner cold() {
        SlabOwner owner = cold;
        return owner != null ? owner : makeCold();
    }

    private SlabOwner makeCold() {
        synchronized (common.lock) {
            SlabOwner owner = cold;
            if (owner == null) {
                owner = new SlabOwner(space, this, null, Temperature.COLD);
                cold = owner;
            }
            return owner;
        }
    }

    private static int indexOf(long threadId) {
        return (int) threadId & (TABLE_SIZE - 1);
    }

    /** {@return the owner that the current thread may use without a lock, or null} */
    @Nullable SlabOwner own() {
        SlabOwner owner = ownSoFar();
        return owner != null ? owner : claim(Thread.currentThread());
    }

    /** {@return the owner of {@link #own()}, but null if the current thread has none yet; allocates nothing} */
    @Nullable SlabOwner ownSoFar() {
        Parking parking = parkingOfCurrentThread(byThread);
        return parking == null ? null : parking.owner;
    }

    /**
     * {@return the parking of each owner, for {@link #parkingOfCurrentThread}} The store reads it without this object
     * in between, because every call on a block waits for this chain of loads.
     */
    @Nullable Parking[] byThread() {
        return byThread;
    }

    /** {@return the parking of the current thread's owner, or null if it has none; allocates nothing} */
    static @Nullable Parking parkingOfCurrentThread(@Nullable Parking[] byThread) {
        long threadId = Thread.currentThread().threadId();
        Parking parking = byThread[indexOf(threadId)];
        return parking != null && parking.threadId == threadId ? parking : null;
    }

    private @Nullable SlabOwner claim(Thread thread) {
        if (thread.isVirtual() || owned.length >= limit() || isTaken(indexOf(thread.threadId()))) {
            return null;
        }
        synchronized (common.lock) {
            inheritEnded();
            int index = indexOf(thread.threadId());
            if (owned.length >= limit() || byThread[index] != null) {
                return null;
            }
            SlabOwner owner = new SlabOwner(space, this, thread, Temperature.HOT);
            SlabOwner[] more = Arrays.copyOf(owned, owned.length + 1);
            more[owned.length] = owner;
            owned = more;
            byThread[index] = owner.parking;
            return owner;
        }
    }

    /** {@return whether a live thread with the same number, modulo the table's size, has an owner} */
    private boolean isTaken(int index) {
        Parking other = byThread[index];
        return other != null && !other.owner.thread.hasEnded();
    }

    private long limit() {
        long affordable = 1 + (committedByteSize.getAsLong() >>> LOG2_BYTES_PER_OWNER);
        return Math.min(ownerCountMax, Math.max(LEAST_OWNER_COUNT, affordable));
    }

    /** Moves the memory of ended threads to the common owner. */
    void inheritEnded() {
        for (SlabOwner owner : owned) {
            if (owner.thread.hasEnded()) {
                inherit(owner);
            }
        }
    }

    private void inherit(SlabOwner ended) {
        synchronized (common.lock) {
            synchronized (space.lock) {
                SlabOwner[] current = owned;
                SlabOwner[] fewer = Arrays.stream(current)
                        .filter(owner -> owner != ended)
                        .toArray(SlabOwner[]::new);
                if (fewer.length < current.length) {
                    int index = indexOf(ended.thread.id);
                    common.inherit(ended);
                    // Last: if an Error comes before, the next caller inherits the rest.
                    owned = fewer;
                    byThread[index] = null;
                }
            }
        }
    }

    /**
     * Closes the vacant runs that the current thread can reach: its own, the shared ones and those of ended threads.
     */
    void releaseVacant() {
        inheritEnded();
        SlabOwner ofCold = cold;
        if (ofCold != null) {
            synchronized (ofCold.lock) {
                ofCold.releaseVacant();
            }
        }
        // The common owner first: its list may hold runs of the current thread's owner.
        synchronized (common.lock) {
            common.releaseVacant();
        }
        SlabOwner own = ownSoFar();
        if (own != null) {
            own.releaseVacant();
        }
    }

    /** {@return every owner, the common one last} */
    List<SlabOwner> all() {
        List<SlabOwner> all = new ArrayList<>(Arrays.asList(owned));
        SlabOwner ofCold = cold;
        if (ofCold != null) {
            all.add(ofCold);
        }
        all.add(common);
        return all;
    }

    /** {@return the number of owners, including the shared ones} */
    int count() {
        return owned.length + (cold == null ? 1 : 2);
    }

    long metadataByteSize() {
        return 16 + 4L * TABLE_SIZE + count() * common.metadataByteSize();
    }
}
