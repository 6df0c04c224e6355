package dev.ashlar;

import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.FreeResult;
import dev.ashlar.slab.Holder;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A piece of executable memory: written through {@link #writable()}, then published, then run.
 *
 * <pre>
 *   WRITABLE --publish()--&gt; PUBLISHED --patch()--&gt; PUBLISHED --free()--&gt; FREED
 *   WRITABLE --free()--&gt; FREED
 * </pre>
 *
 * <p><b>Lifetime.</b> Unmanaged: the caller frees the block when no thread runs in it and no handle bound from it will
 * be called again. Closing the heap frees all its blocks. Segments handed out belong to the heap, not to the block:
 * once the heap is closed they throw, but after {@link #free()} or {@link #shrink} they still reach the memory that the
 * block gave back. To touch it then overwrites somebody else's code, or ends the JVM where the region was released; not
 * to do so is the caller's promise.
 *
 * <p><b>Threads.</b> All methods may be called by any thread.
 */
public final class CodeBlock {
    private static final AtomicReferenceFieldUpdater<CodeBlock, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(CodeBlock.class, State.class, "state");

    private final CodeHeap heap;
    private final long offset;
    private volatile long byteSize;
    /** Changed by {@link #move} only. */
    @SuppressWarnings("FieldMayBeFinal")
    private volatile State state = State.WRITABLE;
    /** Where the code is written until it is published; null where it is written where it lies, or not yet. */
    private volatile @Nullable Staging staging;

    /** Where in its life a block is. */
    enum State {
        WRITABLE,
        /** For as long as {@link #shrink} takes. */
        SHRINKING,
        /** For as long as {@link #publish} copies, or changes a permission. */
        PUBLISHING,
        PUBLISHED,
        /** Published, for as long as {@link #patch} takes. */
        PATCHING,
        FREED
    }

    CodeBlock(CodeHeap heap, long offset, long byteSize) {
        this.heap = heap;
        this.offset = offset;
        this.byteSize = byteSize;
    }

    /**
     * {@return the address at which the code runs; the block's whole life the same}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public long address() {
        heap.space().requireOpen();
        return base() + offset;
    }

    /**
     * {@return the bytes asked for, or left by the last {@link #shrink}}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public long byteSize() {
        heap.space().requireOpen();
        return byteSize;
    }

    /**
     * {@return whether {@link #publish()} was called and {@link #free()} was not}
     *
     * @throws HeapClosedException if the heap is closed
     */
    public boolean isPublished() {
        heap.space().requireOpen();
        State found = state;
        return found == State.PUBLISHED || found == State.PATCHING;
    }

    /**
     * {@return the memory to write the code to, of {@link #byteSize()} bytes}
     *
     * <p>It lies at another address than {@link #address()}: code that depends on where it runs must be relocated for
     * the latter. On write paths other than ALIAS it is a buffer, which is copied when the block is published.
     * Unwritten bytes are trapping instructions. A segment taken here stays usable after
     * {@link #publish()}; not to use it is the caller's promise.
     *
     * @throws BlockStateException if the block is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment writable() {
        require(State.WRITABLE, "writable()");
        if (heap.zones().path() == WritePath.ALIAS) {
            return heap.space().zone.writable().asSlice(offset, byteSize);
        }
        return staging().segment().asSlice(0, byteSize);
    }

    private synchronized Staging staging() {
        // Under the lock that publish() takes: what is staged after it would be lost, and never freed.
        requireState(State.WRITABLE, "writable()");
        Staging found = staging;
        if (found == null) {
            found = Staging.forCode(heap.zones(), byteSize);
            staging = found;
        }
        return found;
    }

    /**
     * Makes what was written callable by every thread that gets to know of it through a properly published reference.
     *
     * @return {@link #executable()}
     * @throws BlockStateException if the block is published already, or freed
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS; the block is as it was
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment publish() {
        heap.space().requireOpen();
        if (heap.zones().path() == WritePath.ALIAS) {
            HeapSpace.makeCallable();
            move(State.WRITABLE, State.PUBLISHED, "publish()");
        } else {
            publishStaged();
        }
        return heap.space().zone.executable().asSlice(offset, byteSize);
    }

    private synchronized void publishStaged() {
        // So that nobody frees or shrinks the block in between, and what is then there is not published in its place.
        move(State.WRITABLE, State.PUBLISHING, "publish()");
        State next = State.WRITABLE;
        try {
            Staging written = staging;
            if (written != null) {
                heap.space().write("publish()", offset, written.segment(), 0, byteSize);
            }
            heap.space().publish(offset);
            next = State.PUBLISHED;
        } finally {
            move(State.PUBLISHING, next, "publish()");
        }
        endStaging();
    }

    private synchronized void endStaging() {
        Staging written = staging;
        if (written != null) {
            staging = null;
            written.free();
        }
    }

    /**
     * {@return the code where it runs, read-only, of {@link #byteSize()} bytes}
     *
     * @throws BlockStateException if the block is not published, or freed
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment executable() {
        require(State.PUBLISHED, "executable()");
        return heap.space().zone.executable().asSlice(offset, byteSize);
    }

    /**
     * Gives the end of an over-estimated block back, before it is published. A segment taken before keeps its old
     * length: take a new one.
     *
     * @param newByteSize bytes to keep, 1 to {@link #byteSize()}
     * @return this block
     * @throws IllegalArgumentException if the size is out of range
     * @throws BlockStateException if the block is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock shrink(long newByteSize) {
        heap.space().requireOpen();
        move(State.WRITABLE, State.SHRINKING, "shrink()");
        try {
            HeapSpace.requireSmaller(newByteSize, byteSize);
            heap.space().shrink(offset, newByteSize, Holder.OBJECT);
            byteSize = newByteSize;
        } finally {
            move(State.SHRINKING, State.WRITABLE, "shrink()");
        }
        return this;
    }

    /**
     * Replaces bytes of published code while other threads may run it: a thread that comes by executes either what was
     * there before or what is there now, and once this method has returned, none executes the old.
     *
     * <p>The bytes must lie in one aligned word of 8 bytes. That they are part of one instruction, its immediate or its
     * displacement say, is the caller's promise, because code is not disassembled here: where two instructions change
     * at once, a thread may execute the old first and the new second. That what stands there afterwards is code again
     * is a promise too. Patches of one block come one after the other.
     *
     * <p>Each patch interrupts every core on which a thread of this process runs. Where a target changes often, a
     * {@linkplain CodeHeap#openTrampolines trampoline} is cheaper.
     *
     * @param patchOffset where to start, in bytes from the first instruction
     * @param value its lowest bytes are written, the lowest first
     * @param patchByteSize bytes to replace, 1 to 8
     * @throws IllegalArgumentException if the bytes lie outside the block or in more than one aligned word of 8 bytes,
     *     or if the value does not fit
     * @throws WritePathException if the heap's write path is not {@link dev.ashlar.memory.WritePath#ALIAS}
     * @throws BlockStateException if the block is not published, or freed
     * @throws UnsupportedHostException if this host has no barrier for all cores (membarrier(2))
     * @throws HeapClosedException if the heap is closed
     */
    public void patch(long patchOffset, long value, int patchByteSize) {
        heap.space().requireOpen();
        // One patch at a time; free() waits for the state.
        synchronized (this) {
            move(State.PUBLISHED, State.PATCHING, "patch()");
            try {
                heap.patcher().patch(offset, byteSize, patchOffset, value, patchByteSize);
            } finally {
                move(State.PATCHING, State.PUBLISHED, "patch()");
            }
        }
    }

    /**
     * Links a method handle to the first instruction.
     *
     * <p>The handle is unmanaged: it does not keep the block, and to call it after {@link #free()} or after the heap is
     * closed runs whatever is there then, or crashes.
     *
     * @param function the function's C signature
     * @param options as for {@link Linker#downcallHandle(FunctionDescriptor, Linker.Option...)}; do not pass
     *     {@link Linker.Option#critical} for code that may run for more than microseconds, because it holds up every
     *     safepoint of the JVM
     * @throws BlockStateException if the block is not published, or freed
     * @throws HeapClosedException if the heap is closed
     */
    @SuppressWarnings("restricted")
    public MethodHandle bind(FunctionDescriptor function, Linker.Option... options) {
        require(State.PUBLISHED, "bind()");
        return Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address()), function, options);
    }

    /**
     * Frees the block: its memory may be used again, and is filled with trapping instructions before that. The caller
     * promises that
     * no thread runs in it.
     *
     * @throws BlockStateException if the block is freed already
     * @throws HeapClosedException if the heap is closed
     */
    public void free() {
        heap.space().requireOpen();
        while (!STATE.compareAndSet(this, State.PUBLISHED, State.FREED)
                && !STATE.compareAndSet(this, State.WRITABLE, State.FREED)) {
            if (state == State.FREED) {
                throw HeapErrors.freed("free()");
            }
            // Another thread is shrinking, publishing or patching it, or moved it on in between.
            Thread.onSpinWait();
        }
        if (heap.zones().path() != WritePath.ALIAS) {
            // Under the lock: a buffer may be being made in this moment.
            endStaging();
        }
        FreeResult result = heap.space().free(offset, Holder.OBJECT);
        assert result == FreeResult.DONE : result + " " + this;
    }

    long offset() {
        return offset;
    }

    private long base() {
        return heap.space().zone.base();
    }

    private void require(State needed, String action) {
        heap.space().requireOpen();
        requireState(needed, action);
    }

    private void requireState(State needed, String action) {
        State found = state;
        if (found != needed && !(found == State.PATCHING && needed == State.PUBLISHED)) {
            throw HeapErrors.state(action, found, needed);
        }
    }

    private void move(State from, State to, String action) {
        if (!STATE.compareAndSet(this, from, to)) {
            throw HeapErrors.state(action, state, from);
        }
    }

    @Override
    public String toString() {
        return "CodeBlock[address=0x" + Long.toHexString(base() + offset) + ", byteSize=" + byteSize + ", " + state
                + "]";
    }
}
