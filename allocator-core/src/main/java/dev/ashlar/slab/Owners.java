package dev.ashlar.slab;

import dev.ashlar.memory.Temperature;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
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
    /** So that the ids of two threads with an owner seldom collide. */
    private static final int ENTRIES_PER_OWNER = 32;
    private static final int LOG2_BYTES_PER_OWNER = 20;
    private static final int LEAST_OWNER_COUNT = 2;
    private static final int OWNERS_PER_PROCESSOR = 2;

    /** The numbers of the shared owners; the owners of threads have the following ones. */
    private static final int COMMON_ID = 1;

    private static final int COLD_ID = 2;
    private static final int FIRST_ID = 3;

    /** Bytes of what each number has, used or not: a {@link LastFreed}, a {@link RemoteFrees} and three references. */
    private static final long NUMBER_BYTE_SIZE = 152 + 176 + 12;

    final RunSpace space;

    /** The owner of threads that have none of their own. */
    final SlabOwner common;

    /** Finds the owner of a run. */
    final OwnerQueues queues;

    /** Bytes of the largest block that has a slot. */
    final int largestSlotByteSize;

    private final LongSupplier committedByteSize;
    private final int ownerCountMax;
    /** Its length is a power of two. */
    private final @Nullable Parking[] byThread;
    /** By number. Written under the common owner's lock, before a run has the number. */
    private final @Nullable SlabOwner[] byId;

    /** By number. */
    private final LastFreed[] lastFreed;

    private int threadCount;

    /** Creates owners for as many threads as are likely to run at once and the size of the heap allows. */
    static Owners forThreads(RunSpace space, LongSupplier committedByteSize, int processorCount) {
        return new Owners(
                space, committedByteSize, OWNERS_PER_PROCESSOR * processorCount, SizeClasses.LARGEST_SLOT_BYTE_SIZE);
    }

    /** Creates no owners: all threads share {@link #common}, which has slots only for blocks below a granule. */
    static Owners none(RunSpace space) {
        return new Owners(space, () -> 0, 0, SizeClasses.GRANULE_BYTE_SIZE - SizeClasses.QUANTUM);
    }

    private Owners(
            RunSpace space, LongSupplier committedByteSize, int ownerCountMax, int largestSlotByteSize) {
        this.space = space;
        this.committedByteSize = committedByteSize;
        this.ownerCountMax = ownerCountMax;
        this.largestSlotByteSize = largestSlotByteSize;
        this.byThread = new Parking[Integer.highestOneBit(ENTRIES_PER_OWNER * Math.max(1, ownerCountMax))];
        this.byId = new SlabOwner[FIRST_ID + ownerCountMax];
        this.lastFreed = Stream.generate(LastFreed::new).limit(byId.length).toArray(LastFreed[]::new);
        this.queues = new OwnerQueues(space.lines, byId.length);
        this.common = make(COMMON_ID, null, Temperature.HOT);
        byId[COMMON_ID] = common;
    }

    private SlabOwner make(int id, @Nullable Thread thread, Temperature temperature) {
        return new SlabOwner(this, new CutRuns(space, queues, id), thread, temperature);
    }

    /** {@return the owner with this number, or null if its thread has ended} */
    @Nullable SlabOwner of(int id) {
        return byId[id];
    }

    /** {@return the block that an owner freed last} */
    LastFreed lastFreed(int id) {
        return lastFreed[id];
    }

    /** {@return the owner of a run} The common owner takes over what an ended thread leaves. */
    SlabOwner ofRun(long run) {
        SlabOwner owner = of(RunWord.ownerId(run));
        return owner == null ? common : owner;
    }

    /** {@return the owner of cold blocks, to be used under its lock} */
    SlabOwner cold() {
        SlabOwner owner = byId[COLD_ID];
        return owner != null ? owner : makeCold();
    }

    private SlabOwner makeCold() {
        synchronized (common.lock) {
            SlabOwner owner = byId[COLD_ID];
            if (owner == null) {
                owner = make(COLD_ID, null, Temperature.COLD);
                byId[COLD_ID] = owner;
            }
            return owner;
        }
    }

    private static int indexOf(long threadId, @Nullable Parking[] byThread) {
        return (int) threadId & (byThread.length - 1);
    }

    /** {@return the owner that the current thread may use without a lock, or null} */
    @Nullable SlabOwner own() {
        SlabOwner owner = ownSoFar();
        return owner != null ? owner : claim(Thread.currentThread());
    }

    /** {@return the owner of {@link #own()}, but null if the current thread has none yet; allocates nothing} */
    @Nullable SlabOwner ownSoFar() {
        Parking parking = parkingOfCurrentThread(byThread);
        return parking == null ? null : of(parking.ownerId);
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
        Parking parking = byThread[indexOf(threadId, byThread)];
        return parking != null && parking.threadId == threadId ? parking : null;
    }

    private @Nullable SlabOwner claim(Thread thread) {
        int index = indexOf(thread.threadId(), byThread);
        if (thread.isVirtual() || threadCount >= limit() || isTaken(index)) {
            return null;
        }
        synchronized (common.lock) {
            inheritEnded();
            int id = freeId();
            if (id < 0 || threadCount >= limit() || byThread[index] != null) {
                return null;
            }
            SlabOwner owner = make(id, thread, Temperature.HOT);
            byId[id] = owner;
            threadCount++;
            byThread[index] = owner.parking;
            return owner;
        }
    }

    private int freeId() {
        for (int id = FIRST_ID; id < byId.length; id++) {
            if (byId[id] == null) {
                return id;
            }
        }
        return -1;
    }

    /** {@return whether a live thread with the same number, modulo the table's size, has an owner} */
    private boolean isTaken(int index) {
        Parking other = byThread[index];
        SlabOwner owner = other == null ? null : of(other.ownerId);
        return owner != null && !owner.thread.hasEnded();
    }

    private long limit() {
        long affordable = 1 + (committedByteSize.getAsLong() >>> LOG2_BYTES_PER_OWNER);
        return Math.min(ownerCountMax, Math.max(LEAST_OWNER_COUNT, affordable));
    }

    /** Moves the memory of ended threads to the common owner. */
    void inheritEnded() {
        for (int id = FIRST_ID; id < byId.length; id++) {
            SlabOwner owner = byId[id];
            if (owner != null && owner.thread.hasEnded()) {
                inherit(id);
            }
        }
    }

    private void inherit(int id) {
        synchronized (common.lock) {
            synchronized (space.lock) {
                SlabOwner ended = byId[id];
                if (ended == null || !ended.thread.hasEnded()) {
                    return;
                }
                int index = indexOf(ended.thread.id, byThread);
                common.inherit(ended);
                // Last: if an Error comes before, the next caller inherits the rest.
                byId[id] = null;
                byThread[index] = null;
                threadCount--;
            }
        }
    }

    /**
     * Closes the vacant runs that the current thread can reach: its own, the shared ones and those of ended threads.
     */
    void releaseVacant() {
        inheritEnded();
        SlabOwner ofCold = byId[COLD_ID];
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

    /** Runs a check while no thread uses the shared owners or changes pages. */
    void whileSharedRest(Runnable check) {
        synchronized (cold().lock) {
            synchronized (common.lock) {
                synchronized (space.lock) {
                    check.run();
                }
            }
        }
    }

    /** {@return every owner} */
    List<SlabOwner> all() {
        return Stream.of(byId).filter(Objects::nonNull).toList();
    }

    long metadataByteSize() {
        return 48 + 16 + 4L * byThread.length + byId.length * NUMBER_BYTE_SIZE
                + all().size() * common.metadataByteSize();
    }
}
