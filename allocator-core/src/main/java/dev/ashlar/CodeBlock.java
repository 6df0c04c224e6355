package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.CodePatcher;
import dev.ashlar.heap.LifeCycle;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Staging;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Health;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A piece of executable memory: written through {@link #writable()}, then published, then run.
 *
 * <pre>
 *   WRITABLE --publish()--&gt; PUBLISHED --patch()--&gt; PUBLISHED --free()--&gt; FREED
 *   PUBLISHED --Retirement.retire()--&gt; RETIRED
 *   WRITABLE --free()--&gt; FREED
 * </pre>
 *
 * <p><b>Lifetime.</b> A block of a {@link CodeGroup} ends with the group, and so do its handles and segments. One of
 * {@link CollectedCode} is freed when nothing reaches it. A block of a heap is unmanaged: the caller frees it when no
 * thread runs in it and no handle bound from it will be called again, or {@linkplain Retirement#retire retires} it.
 * Closing the heap frees all its blocks. Segments handed out belong to the heap, not to the block: after the heap is
 * closed they throw, but after {@link #free()} or {@link #shrink} they still reach the memory that the block gave back.
 * The caller must not touch it then: a write would overwrite the code of another block, or end the JVM if the region
 * was released.
 *
 * <p><b>Threads.</b> All methods may be called by any thread.
 */
public final class CodeBlock extends TakenBlock implements Relocatable, Patchable {
    /**
     * Holds the code until it is published; null if the heap needs no buffer, or the caller has not asked for it.
     * Guarded by this object's monitor.
     */
    private @Nullable Staging staging;

    /** Takes the memory. */
    CodeBlock(Lifetime life, long byteSize) {
        super(life, byteSize);
    }

    /** Takes the memory, as {@link CodeHeap#allocate(long, long, Temperature)}. */
    CodeBlock(Lifetime life, long byteSize, long byteAlignment, Temperature temperature) {
        super(life, byteSize, byteAlignment, temperature);
    }

    /** Takes the memory, copies the code to it and publishes it. Pre: as for {@link Lifetime#undo}. */
    static CodeBlock define(Lifetime life, MemorySegment code, @Nullable String name, Frame frame) {
        Space space = life.first();
        Health health = life.zones().health;
        CodeBlock block = new CodeBlock(life, code.byteSize());
        try {
            if (name != null) {
                block.setName(name);
            }
            space.write("define", block.offset, code, 0, code.byteSize());
            var _ = block.publish(frame);
        } catch (RuntimeException | Error refused) {
            // The source is closed or belongs to another thread, or the kernel refused: the block must not leak.
            try {
                life.undo(space, block.offset);
            } catch (Throwable again) {
                health.end = again;
            }
            throw refused;
        }
        return block;
    }

    /**
     * {@return the address at which the code runs; it never changes}
     *
     * @throws BlockStateException if the block belongs to a {@link CodeGroup} that is closed
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public long address() {
        life.requireOpen();
        life.zones().noteAddress();
        return base() + offset;
    }

    /**
     * {@return the bytes that were asked for, or that the last {@link #shrink} left}
     *
     * @throws BlockStateException if the block belongs to a {@link CodeGroup} that is closed
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public long byteSize() {
        life.requireOpen();
        return size();
    }

    /**
     * Names the block, before it is published, for errors, reports and tools: {@link CodeHeap#describe},
     * {@link CodeHeap#liveCode}, profilers and debuggers.
     *
     * @param newName 1 to 1,000 characters; names need not be unique
     * @return this block
     * @throws IllegalArgumentException if the name is empty or too long
     * @throws BlockStateException if the block is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock named(String newName) {
        Arguments.requireCodeName(newName);
        life.requireOpen();
        return life.during(() -> nameWhileLive(newName));
    }

    /** One lasting call at a time; free() waits for it. */
    private synchronized CodeBlock nameWhileLive(String newName) {
        begin(LifeCycle.WRITABLE, LifeCycle.NAMING, "named()");
        try {
            setName(newName);
        } finally {
            state = LifeCycle.WRITABLE;
        }
        return this;
    }

    /** {@return the block's name, also after it is freed; empty if it has none} */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * {@return whether {@link #publish()} was called and {@link #free()} was not}
     *
     * @throws BlockStateException if the block belongs to a {@link CodeGroup} that is closed
     * @throws HeapClosedException if the heap is closed
     */
    public boolean isPublished() {
        life.requireOpen();
        return state.isPublished();
    }

    /**
     * {@return the memory to write the code to, of {@link #byteSize()} bytes}
     *
     * <p>It lies at another address than {@link #address()}: relocate code that depends on its address for the latter.
     * Unwritten bytes are trapping instructions.
     *
     * <p>The caller must not write to it after {@link #publish()} or {@link #free()}. On write path ALIAS it is the
     * block's own memory: a late write changes code that other threads run, or the next block. On the other paths it is
     * a buffer of this block alone, which is copied when the block is published: a late write has no effect. If the
     * heap was built with {@link CodeHeapBuilder#checkLateWrites}, a late write throws {@link IllegalStateException}.
     *
     * @throws BlockStateException if the block is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public MemorySegment writable() {
        require(LifeCycle.WRITABLE, "writable()");
        return isStaged() ? stagedSegment() : life.writable().asSlice(offset, size());
    }

    private boolean isStaged() {
        return life.zones().isStaged(Domain.CODE, life.first());
    }

    private synchronized MemorySegment stagedSegment() {
        // Under the lock that publish() takes: what a caller wrote to a buffer made after that would be lost.
        requireState(LifeCycle.WRITABLE, "writable()");
        Staging found = staging;
        if (found == null) {
            found = Staging.of(life.zones(), Domain.CODE, size());
            staging = found;
        }
        return found.segment().asSlice(0, size());
    }

    /**
     * Makes what was written callable by every thread that receives the block through a properly published reference.
     *
     * @return {@link #executable()}
     * @throws BlockStateException if the block is published already, or freed
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS; the block is unchanged
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment publish() {
        return publish(Frame.STANDARD);
    }

    /**
     * Publishes code that has a frame of its own, as {@link #publish()} does.
     *
     * @param frame how the stack looks while it runs, for the tools of {@link CodeHeapBuilder#visibility}
     * @return {@link #executable()}
     * @throws BlockStateException if the block is published already, or freed
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS; the block is unchanged
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment publish(Frame frame) {
        Objects.requireNonNull(frame, "frame");
        life.requireOpen();
        // Made first: a call that throws has published nothing.
        MemorySegment code = life.front().asSlice(offset, size());
        if (isStaged()) {
            life.during(this::publishStaged);
        } else {
            life.first().publish(offset);
            move(LifeCycle.WRITABLE, LifeCycle.PUBLISHED, "publish()");
        }
        life.first().notePublished(offset, size(), frame);
        // Another thread may have shrunk the block before it was published.
        return code.byteSize() == size() ? code : code.asSlice(0, size());
    }

    private synchronized CodeBlock publishStaged() {
        // No other thread can free or shrink the block in this state, so no other block is published in its place.
        begin(LifeCycle.WRITABLE, LifeCycle.PUBLISHING, "publish()");
        LifeCycle next = LifeCycle.WRITABLE;
        try {
            Staging written = staging;
            if (written != null) {
                written.end("publish()", subject());
                life.first().write("publish()", offset, written.buffer(), 0, size());
            }
            life.first().publish(offset);
            next = LifeCycle.PUBLISHED;
        } finally {
            state = next;
        }
        staging = null;
        return this;
    }

    private synchronized void endStaging() {
        Staging written = staging;
        if (written != null) {
            written.end("free()", subject());
            staging = null;
        }
    }

    /**
     * {@return the code where it runs, read-only, of {@link #byteSize()} bytes}
     *
     * @throws BlockStateException if the block is not published, or freed
     * @throws HeapClosedException if the heap is closed
     */
    public MemorySegment executable() {
        require(LifeCycle.PUBLISHED, "executable()");
        return life.front().asSlice(offset, size());
    }

    /**
     * Gives back the end of a block that turned out too large, before it is published. A segment taken before keeps its
     * old length: take a new one.
     *
     * @param newByteSize bytes to keep, 1 to {@link #byteSize()}
     * @return this block
     * @throws IllegalArgumentException if the size is out of range
     * @throws BlockStateException if the block is published or freed
     * @throws HeapClosedException if the heap is closed
     */
    public CodeBlock shrink(long newByteSize) {
        life.requireOpen();
        return life.during(() -> shrinkWhileLive(newByteSize));
    }

    /** One lasting call at a time; free() waits for it. */
    private synchronized CodeBlock shrinkWhileLive(long newByteSize) {
        begin(LifeCycle.WRITABLE, LifeCycle.SHRINKING, "shrink()");
        try {
            Arguments.requireSmaller(life.first(), offset, newByteSize, size());
            life.first().shrink(offset, newByteSize, Holder.OBJECT);
            resize(newByteSize);
        } finally {
            state = LifeCycle.WRITABLE;
        }
        return this;
    }

    @Override
    public void patch(long patchOffset, long value, int patchByteSize) {
        var _ = change("patch()", () -> patcher().patch(offset, size(), patchOffset, value, patchByteSize));
    }

    @Override
    public boolean compareAndPatch(long patchOffset, long expected, long value, int patchByteSize) {
        return change("compareAndPatch()", () -> patcher()
                .compareAndPatch(offset, size(), patchOffset, expected, value, patchByteSize));
    }

    @Override
    public void patchCall(long callOffset, long target) {
        var _ = change("patchCall()", () -> patcher().patchCall(offset, size(), callOffset, target));
    }

    private CodePatcher patcher() {
        return life.zones().patcher();
    }

    /**
     * Links a method handle to the first instruction.
     *
     * <p>The handle keeps the heap's memory if the heap is dropped without a close. It does not keep the block alive: a
     * call after {@link #free()}, or after the heap is closed, runs what is there then, or crashes. A handle of a block
     * of a {@link CodeGroup} keeps the group open while a call runs, and throws {@link IllegalStateException} after the
     * group's close.
     *
     * @param function the function's C signature
     * @param options as for {@link Linker#downcallHandle(FunctionDescriptor, Linker.Option...)}; do not pass
     *     {@link Linker.Option#critical} for code that may run longer than microseconds, because it delays every
     *     safepoint of the JVM
     * @return the handle; the caller keeps the block live while it is used
     * @throws BlockStateException if the block is not published, or freed
     * @throws HeapClosedException if the heap is closed
     */
    public MethodHandle bind(FunctionDescriptor function, Linker.Option... options) {
        require(LifeCycle.PUBLISHED, "bind()");
        return Binding.link(life, offset, size(), function, options);
    }

    /**
     * Frees the block: its memory may be used again, and is filled with trapping instructions before that. The caller
     * promises that no thread runs in it.
     *
     * @throws BlockStateException if the block is freed already, or is code of a {@link CodeGroup} or
     *     {@link CollectedCode}
     * @throws HeapClosedException if the heap is closed
     */
    public void free() {
        life.requireOpen();
        if (!life.isFreedByCaller()) {
            throw BlockStateException.freedOtherwise("free()", subject(), life.freedBy());
        }
        LifeCycle found = state;
        while (!isStable(found) || !moveToFreed(found)) {
            if (found == LifeCycle.FREED || found == LifeCycle.RETIRED) {
                throw found.refuseFreed("free()", subject());
            }
            // Another thread is shrinking, publishing or patching the block under this lock, or has just done so.
            synchronized (this) {
                found = state;
            }
        }
        boolean wasFreed;
        try {
            wasFreed = found == LifeCycle.FREE_CUT_SHORT && !life.first().isLive(offset);
            if (!wasFreed) {
                if (isStaged()) {
                    // Under the lock: another thread may be making the buffer.
                    endStaging();
                }
                life.first().release(offset);
            }
        } catch (Throwable e) {
            // It is still live: the caller may free it again.
            state = found;
            throw e;
        }
        if (wasFreed) {
            throw refuseFreed();
        }
    }

    /** Makes the block unusable until {@link #freeRetired}. Pre: a lock of the retirement is held. */
    void retire(Zones heap) {
        if (life.zones() != heap) {
            throw new IllegalArgumentException(
                    "retire() failed: " + subject() + " does not belong to heap " + heap.name());
        }
        if (!life.isFreedByCaller()) {
            throw BlockStateException.freedOtherwise("retire()", subject(), life.freedBy());
        }
        // A patch holds this monitor as long as it lasts.
        synchronized (this) {
            begin(LifeCycle.PUBLISHED, LifeCycle.RETIRED, "retire()");
        }
    }

    /** Frees the block, which no thread runs. If this throws, the block is still retired. */
    void freeRetired() {
        life.first().release(offset);
    }

    private BlockStateException refuseFreed() {
        return LifeCycle.FREED.refuseFreed("free()", subject());
    }
}
