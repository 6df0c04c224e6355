package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.Auditing;
import dev.ashlar.heap.DropWarning;
import dev.ashlar.heap.Locating;
import dev.ashlar.heap.Snapshots;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Zones;
import dev.ashlar.management.HeapBeans;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.recording.Recordings;
import dev.ashlar.report.AddressReport;
import dev.ashlar.report.AllocationSite;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.Retention;
import dev.ashlar.report.UnsupportedHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all heaps share: a name, memory that is committed region by region and given back, and reports of it.
 *
 * <p><b>Close it.</b> A heap that becomes unreachable without being closed warns once, through {@link System.Logger}
 * "dev.ashlar", with its name. With {@code -Dashlar.heapOrigins=true} the warning shows where the heap was created. Its
 * memory is given back when no block, segment, open arena or bound handle of it is reachable. If callers asked for a
 * raw address of it, the memory stays until the process ends.
 *
 * <p><b>Wrong use</b> throws and changes nothing.
 *
 * <p><b>Threads.</b> All methods may be called by any thread.
 */
public abstract sealed class Heap implements AutoCloseable permits CodeHeap, DataHeap, SecretHeap {
    /** The largest alignment in bytes: 2 MiB. */
    public static final long LARGEST_ALIGNMENT = Arguments.LARGEST_ALIGNMENT;

    private final Zones zones;
    private final Space space;
    private final List<Refusal> buildRefusals;
    private final Runnable endOfWatch;
    private final Object beanLock = new Object();
    /** The registered bean, or null. Guarded by {@link #beanLock}. */
    private HeapBeans.@Nullable Registration bean;

    /** {@code buildRefusals} says why the heap does not use a better write path. */
    Heap(Zones zones, List<Refusal> buildRefusals) {
        this.zones = zones;
        this.space = zones.first();
        this.buildRefusals = buildRefusals;
        this.endOfWatch = DropWarning.watch(this, zones);
        Recordings.opened(zones, zones.name(), Snapshots::stats);
    }

    /** {@return the heap's name, as in errors and, except for secrets, in {@code /proc/self/maps}} */
    public final String name() {
        return zones.name();
    }

    /** {@return bytes of committed regions now, 0 after the heap is closed; a plain read, without a lock} */
    public final long committedByteSize() {
        return zones.committedByteSize();
    }

    /**
     * Gives the memory of every empty region back to the system; none with
     * {@link dev.ashlar.memory.Hardening#PINNED}.
     *
     * @return bytes given back
     * @throws HeapClosedException if the heap is closed
     */
    public final long trim() {
        return zones.trim(TrimEffort.EMPTY_REGIONS);
    }

    /**
     * {@return what the heap holds now}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public final HeapStats stats() {
        return Snapshots.stats(zones);
    }

    /**
     * {@return what each zone of the heap keeps besides live blocks, and why {@link #trim} does not give it back}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public final List<Retention> retention() {
        return Snapshots.retention(zones);
    }

    /**
     * {@return what the heap asked of the host, what the host gave and what it refused}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public final HeapReport report() {
        return Snapshots.report(zones, buildRefusals);
    }

    /**
     * {@return what the kernel's tables show of the heap's memory now}
     *
     * <p>It asks the kernel for the heap's own mappings (Linux 6.11), and other calls of the heap go on meanwhile. On
     * older kernels it reads all mappings of the process, some microseconds each. If the heap changes each time it is
     * compared, the last attempt makes other threads wait.
     *
     * @throws UnsupportedHostException if {@code /proc/self/maps} cannot be read
     * @throws HeapClosedException if the heap is closed
     */
    public final HeapAudit audit() {
        return Auditing.audit(zones);
    }

    /**
     * {@return what lies at an address: a live block, free memory, or none of this heap's}
     *
     * <p>It helps to explain a wrong address, for example of a crash. Other threads may change the answer at any time.
     * With {@link dev.ashlar.memory.Evidence#history} it knows the blocks that were freed there. Then the time for an
     * address without a live block grows with the length of the history.
     *
     * @param address any number
     * @throws HeapClosedException if the heap is closed
     */
    public final AddressReport describe(long address) {
        return Locating.describe(zones, address);
    }

    /**
     * {@return where the live blocks were taken, those with the most bytes first; empty unless the heap records
     * {@linkplain dev.ashlar.memory.Evidence#allocationSites allocation sites}}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public final List<AllocationSite> liveSites() {
        return zones.recorder().liveSites();
    }

    /**
     * Registers the heap as a {@link dev.ashlar.report.HeapMXBean} with the platform's MBean server, until the heap is
     * closed or unreachable: registered or not, it can be dropped. A second call does nothing.
     *
     * <p>The bean's name is {@code dev.ashlar:type=CodeHeap,name=code}, with the class and the name of the heap. If
     * another heap has registered that name, {@code number=2} or the next free number is added.
     *
     * @return the bean's {@code ObjectName} as text
     * @throws UnsupportedOperationException if this JVM has no module {@code java.management}
     * @throws HeapClosedException if the heap is closed
     */
    public final String registerMXBean() {
        synchronized (beanLock) {
            space.requireOpen();
            HeapBeans.Registration registered = bean;
            if (registered == null) {
                registered = HeapBeans.register(getClass().getSimpleName(), zones, buildRefusals);
                bean = registered;
            }
            return registered.name();
        }
    }

    /**
     * Checks the heap's bookkeeping, for tests. No other thread may use the heap meanwhile. If the garbage collector
     * frees code of the heap during the check, the check may fail where a second one does not. It takes milliseconds
     * for a hundred thousand blocks.
     *
     * @throws IllegalStateException if the bookkeeping contradicts itself: memory was overwritten, or the heap has a
     *     fault
     * @throws HeapClosedException if the heap is closed
     */
    public final void checkInvariants() {
        zones.checkInvariants();
    }

    /**
     * Gives back all that the heap reserved, live blocks included. With {@link dev.ashlar.memory.Hardening#PINNED} it
     * gives back all memory, but the addresses of committed regions stay taken until the process ends.
     *
     * <p>After this, every call on the heap and its blocks that needs memory or state throws, and so does every access
     * through a segment that the heap handed out. The caller must no longer use raw addresses, or call handles that
     * were bound from a block. Closing a closed heap does nothing.
     *
     * @throws BlockStateException if an arena, a batch or a group of the heap is open, collected code of it can be
     *     reached, a registered thread may run retired code, or a running downcall was given a segment of it; then
     *     nothing has changed
     */
    @Override
    public final void close() {
        zones.close();
        endOfWatch.run();
        synchronized (beanLock) {
            if (bean != null) {
                bean.end().run();
                bean = null;
            }
        }
    }

    final Zones zones() {
        return zones;
    }

    final Space space() {
        return space;
    }
}
