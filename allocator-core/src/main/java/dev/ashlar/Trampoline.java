package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.LifeCycle;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place in code that jumps to a target which can be changed at any time: callers are linked to {@link #address()}
 * once, and {@link #retarget} leads all of them elsewhere by one store of data. No code changes, so no core is
 * interrupted, and it works on every write path.
 *
 * <p>A thread that entered the trampoline before a change may still be on its way to the old target, for any length of
 * time. The caller must know when the code there may be freed.
 *
 * <p><b>Threads.</b> All methods may be called by any thread.
 */
public final class Trampoline {
    private final TrampolinePool pool;
    /** Its number in the pool, which another trampoline takes over after this one is freed. */
    private final int index;
    /** Guarded by this object's monitor. */
    private LifeCycle state = LifeCycle.PUBLISHED;

    private volatile @Nullable String name;

    Trampoline(TrampolinePool pool, int index) {
        this.pool = pool;
        this.index = index;
    }

    /**
     * {@return the address to call or jump to, aligned to 16 bytes; it never changes}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public long address() {
        pool.requireHeapOpen();
        return pool.addressOf(index);
    }

    /**
     * Names the trampoline, or names it anew, as {@link CodeBlock#named} names a block.
     *
     * @param newName 1 to 1,000 characters; names need not be unique
     * @return this trampoline
     * @throws IllegalArgumentException if the name is empty or too long
     * @throws BlockStateException if the trampoline is freed, or its pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public Trampoline named(String newName) {
        Arguments.requireCodeName(newName);
        synchronized (this) {
            requireLive("named()");
            name = newName;
            pool.name(index, newName);
        }
        return this;
    }

    /** {@return the trampoline's name, also after it is freed; empty if it has none} */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * {@return where the trampoline leads}
     *
     * @throws BlockStateException if it is freed, or its pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized long target() {
        requireLive("target()");
        return pool.targetOf(index);
    }

    /**
     * Leads every later call to another target. A thread that arrives there through this trampoline sees all code that
     * was published before this call.
     *
     * @param target the address of an instruction, anywhere in the process
     * @throws IllegalArgumentException if the address is not positive
     * @throws BlockStateException if the trampoline is freed, or its pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public void retarget(long target) {
        TrampolinePool.requireTarget(target);
        // Under the monitor, so that the store cannot reach a trampoline that takes over the place.
        synchronized (this) {
            requireLive("retarget()");
            pool.point(index, target);
        }
    }

    /**
     * Links a method handle to the trampoline: each call goes to the target of that moment. The handle keeps the heap's
     * memory if the heap is dropped without a close. It does not keep the trampoline: a call after {@link #free()}, or
     * after the pool or the heap is closed, runs into a trap, or crashes.
     *
     * @param function the C signature of every target
     * @param options as for {@link CodeBlock#bind}
     * @return the handle; the caller keeps the trampoline and its target live while it is used
     * @throws BlockStateException if the trampoline is freed, or its pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized MethodHandle bind(FunctionDescriptor function, Linker.Option... options) {
        requireLive("bind()");
        return pool.bind(index, function, options);
    }

    /**
     * Gives the trampoline back. A thread that calls it from now on runs into a trap, until another trampoline takes
     * over its place: the pool uses the place that has been free longest. The caller promises that no code is linked to
     * it.
     *
     * @throws BlockStateException if it is freed already, or its pool is closed
     * @throws HeapClosedException if the heap is closed
     */
    public void free() {
        synchronized (this) {
            requireLive("free()");
            pool.trap(index);
            state = LifeCycle.FREED;
        }
        pool.giveBack(index);
    }

    /** Ends the life of the trampoline together with its pool's. */
    synchronized void end() {
        state = LifeCycle.FREED;
    }

    private void requireLive(String action) {
        pool.requireHeapOpen();
        if (state == LifeCycle.FREED) {
            throw pool.isClosed()
                    ? BlockStateException.poolClosed(action, pool.heapName())
                    : state.refuseFreed(
                            action,
                            "the trampoline" + (name == null ? "" : " \"" + name + "\"") + " at 0x"
                                    + Long.toHexString(pool.addressOf(index)) + " of heap "
                                    + pool.heapName());
        }
    }

    @Override
    public String toString() {
        return "Trampoline[address=0x" + Long.toHexString(pool.addressOf(index)) + "]";
    }
}
