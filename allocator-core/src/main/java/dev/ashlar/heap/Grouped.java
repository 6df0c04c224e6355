package dev.ashlar.heap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.SharedArenas;
import dev.ashlar.region.StackRoom;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Blocks that end together. Their segments and handles belong to one shared arena, whose close the JDK refuses while a
 * downcall uses one of them.
 *
 * <p>A call that takes, writes or resizes blocks must not meet their end. The thread that opened the group takes no
 * lock for that: it counts its calls, and then looks by an access to memory of the arena whether that is open. The
 * JDK's close makes every thread confirm that such an access either is done, and with it the count before it, or will
 * throw. Other threads hold a lock during the call. So the close waits for both after it has closed the arena.
 *
 * <p>Thread-safe.
 */
public final class Grouped extends Lifetime {
    /** How long a close waits for a call of the thread that opened the group. Calls take milliseconds at most. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private static final Duration PAUSE = Duration.ofNanos(50_000);
    private static final VarHandle OWN_CALLS = ownCalls();

    private final int number;
    private final long ownerId = Thread.currentThread().threadId();
    /** A byte that can be read while the arena is open. */
    private final MemorySegment gate;

    /** The blocks that the owner took. */
    private final GroupBlocks own;
    /** The calls of the owner that are at work, one inside the other. */
    private int ownCalls;

    /** The blocks that other threads took, guarded by its monitor. */
    private final GroupBlocks others = new GroupBlocks(GroupBlocks.NONE);
    /** Guarded by this object's monitor. */
    private boolean isClosed;

    /** What the heap knows of the group: it does not keep it reachable. */
    private final WeakReference<Grouped> entry;

    private static VarHandle ownCalls() {
        try {
            return MethodHandles.lookup().findVarHandle(Grouped.class, "ownCalls", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Opens a group, which does not keep the heap open by itself. */
    private Grouped(Zones zones, Space first, int number, ReferenceQueue<Grouped> dropped, long[] list) {
        super(zones, first, SharedArenas.open());
        keepReachable();
        this.number = number;
        this.own = new GroupBlocks(list);
        this.entry = new WeakReference<>(this, dropped);
        this.gate = arena.allocate(1);
    }

    private boolean isOwner() {
        return Thread.currentThread().threadId() == ownerId;
    }

    @Override
    public void requireOpen() {
        first.requireOpen();
        if (!arena.scope().isAlive()) {
            throw BlockStateException.groupClosed(name());
        }
    }

    /** Throws if the arena is closed, as {@link #requireOpen}, and so that the close meets the count of calls. */
    private void requireGate() {
        try {
            var _ = gate.get(JAVA_BYTE, 0);
        } catch (IllegalStateException closed) {
            first.requireOpen();
            throw BlockStateException.groupClosed(name());
        }
    }

    @Override
    public <T> T during(Call<T> call) {
        if (!isOwner()) {
            synchronized (others) {
                requireOpen();
                return call.make();
            }
        }
        int outer = ownCalls;
        ownCalls = outer + 1;
        try {
            first.requireOpen();
            requireGate();
            return call.make();
        } finally {
            OWN_CALLS.setRelease(this, outer);
        }
    }

    @Override
    public long take(long byteSize) {
        if (!isOwner()) {
            return take(first, byteSize, 1, Temperature.HOT);
        }
        int outer = ownCalls;
        ownCalls = outer + 1;
        try {
            requireGate();
            return own.take(first, byteSize);
        } finally {
            OWN_CALLS.setRelease(this, outer);
        }
    }

    @Override
    public long take(Space space, long byteSize, long byteAlignment, Temperature temperature) {
        if (!isOwner()) {
            synchronized (others) {
                requireOpen();
                return others.take(space, byteSize, byteAlignment, temperature);
            }
        }
        int outer = ownCalls;
        ownCalls = outer + 1;
        try {
            requireGate();
            return own.take(space, byteSize, byteAlignment, temperature);
        } finally {
            OWN_CALLS.setRelease(this, outer);
        }
    }

    private GroupBlocks taken() {
        return isOwner() ? own : others;
    }

    @Override
    public void adopt(List<Piece> pieces) {
        taken().adopt(pieces);
    }

    @Override
    public void undo(Space space, long offset) {
        taken().forget(space.base() + offset);
        space.undo(offset, Holder.OBJECT);
    }

    @Override
    public boolean isFreedByCaller() {
        return false;
    }

    @Override
    public String freedBy() {
        return "the close of the group";
    }

    @Override
    public String name() {
        return "group " + number + " of heap " + zones.name();
    }

    /**
     * Ends all blocks and gives their memory back. If an Error cuts this short, the next call completes it.
     *
     * @throws BlockStateException if a running downcall uses one of them; then nothing has changed
     */
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        StackRoom.require();
        try {
            SharedArenas.close(arena);
        } catch (IllegalStateException inUse) {
            throw BlockStateException.groupInUse(name(), inUse);
        }
        awaitOwner();
        synchronized (others) {
            // If the heap is damaged, its close gives everything back.
            if (first.isOpen()) {
                own.free(zones);
                others.free(zones);
            }
        }
        zones.groups().end(this);
        isClosed = true;
    }

    private void awaitOwner() {
        long start = System.nanoTime();
        while ((int) OWN_CALLS.getAcquire(this) != 0) {
            if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                throw BlockStateException.groupAtWork(name());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * The groups of a heap that are open. It does not keep them reachable.
     *
     * <p>Thread-safe.
     */
    public static final class Groups {
        private final Set<Reference<Grouped>> open = ConcurrentHashMap.newKeySet();
        /** Entries of groups that could no longer be reached. */
        private final ReferenceQueue<Grouped> dropped = new ReferenceQueue<>();
        /** The list of a group that was closed, for the next one: a new list is memory that no cache holds. */
        private final AtomicReference<long[]> spareList = new AtomicReference<>(GroupBlocks.NONE);
        /** Groups opened so far, guarded by the estate's lock. */
        private int count;

        /** {@return a new group, which keeps the heap open until it is closed or cannot be reached} */
        public Grouped open(Zones zones) {
            synchronized (zones.estate().lock) {
                zones.first().requireOpen();
                forgetDropped();
                long[] list = spareList.getAndSet(GroupBlocks.NONE);
                Grouped group = new Grouped(zones, zones.first(), ++count, dropped, list);
                try {
                    // Last: an Error after this would keep the heap open.
                    open.add(group.entry);
                    return group;
                } catch (Throwable e) {
                    open.remove(group.entry);
                    throw e;
                }
            }
        }

        private void forgetDropped() {
            for (Object entry = dropped.poll(); entry != null; entry = dropped.poll()) {
                open.remove(entry);
            }
        }

        /** {@return how many groups are known, with those that were dropped since the last one was opened} */
        int knownCount() {
            return open.size();
        }

        /** Forgets a group that is closed. */
        void end(Grouped group) {
            open.remove(group.entry);
            spareList.set(group.own.spareList());
        }

        /** {@return the groups that are open and can be reached} */
        List<Grouped> reachable() {
            return open.stream().map(Reference::get).filter(Objects::nonNull).toList();
        }

        /**
         * Closes all groups.
         *
         * @throws BlockStateException if a running downcall uses a group; the exception names the first such group, and
         *     the others are closed
         */
        public void closeAll() {
            BlockStateException firstBusy = null;
            for (Grouped group : reachable()) {
                try {
                    group.close();
                } catch (BlockStateException busy) {
                    firstBusy = firstBusy == null ? busy : firstBusy;
                }
            }
            if (firstBusy != null) {
                throw firstBusy;
            }
        }
    }
}
