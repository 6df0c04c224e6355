package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.Lifetime;
import dev.ashlar.heap.NamedPart;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Staging;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Memory of one domain in a {@link CodeBatch}: where it will be used, and where it is written until then. */
public final class BatchSection implements Relocatable {
    private final CodeBatch batch;
    private final Domain domain;
    private final Space space;
    private final long offset;
    private final long byteSize;
    private final @Nullable Staging staging;

    BatchSection(
            CodeBatch batch, Domain domain, Space space, long offset, long byteSize, @Nullable Staging staging) {
        this.batch = batch;
        this.domain = domain;
        this.space = space;
        this.offset = offset;
        this.byteSize = byteSize;
        this.staging = staging;
    }

    /** {@return what the section is for} */
    public Domain domain() {
        return domain;
    }

    /**
     * {@return the address at which the section will be run, read or written; it never changes}
     *
     * <p>A section does not know whether its {@link CodeGroup} is closed.
     *
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    public long address() {
        space.requireOpen();
        return space.base() + offset;
    }

    /** {@return the section's size in bytes, also after its batch, its group or the heap has ended} */
    @Override
    public long byteSize() {
        return byteSize;
    }

    /**
     * {@return the memory to write the section through, for the thread that uses the batch} On write path {@link
     * WritePath#IN_PLACE}, and for data on every path, it lies at {@link #address()}; otherwise elsewhere. Native code
     * may write to the address of the segment, also in another thread, until the batch is published or abandoned.
     *
     * @throws BlockStateException if the batch is published or abandoned
     * @throws WrongThreadException if another thread uses the batch
     * @throws HeapClosedException if the heap is closed
     */
    @Override
    @SuppressWarnings("restricted")
    public MemorySegment writable() {
        batch.requireUser("writable()");
        space.requireOpen();
        Arena life = batch.arena();
        return staging != null
                ? staging.segment(life).asSlice(0, byteSize)
                : MemorySegment.ofAddress(space.zone().writableBase() + offset).reinterpret(byteSize, life, null);
    }

    /**
     * Names the section, as {@link CodeBlock#named} names a block.
     *
     * @param name 1 to 1,000 characters; names need not be unique
     * @return this section
     * @throws IllegalArgumentException if the name is empty or too long
     * @throws BlockStateException if the batch is published or abandoned
     * @throws WrongThreadException if another thread uses the batch
     */
    public BatchSection named(String name) {
        return named(0, byteSize, name, Frame.STANDARD);
    }

    /**
     * Names a part of the section, for example a function in it. If parts overlap, the one that was named first counts.
     *
     * @param partOffset where the part starts, in bytes from the start of the section
     * @param partByteSize the bytes of the part, at least 1
     * @param name 1 to 1,000 characters; names need not be unique
     * @return this section
     * @throws IllegalArgumentException if the part is empty or reaches beyond the section, or the name is empty or too
     *     long
     * @throws BlockStateException if the batch is published or abandoned
     * @throws WrongThreadException if another thread uses the batch
     */
    public BatchSection named(long partOffset, long partByteSize, String name) {
        return named(partOffset, partByteSize, name, Frame.STANDARD);
    }

    /**
     * Names a part of the section that is code and has a frame of its own.
     *
     * @param partOffset where the part starts, in bytes from the start of the section
     * @param partByteSize the bytes of the part, at least 1
     * @param name 1 to 1,000 characters; names need not be unique
     * @param frame how the stack looks while it runs, for the tools of {@link CodeHeapBuilder#visibility}
     * @return this section
     * @throws IllegalArgumentException if the part is empty or reaches beyond the section, if it does not start at a
     *     multiple of 16 bytes and its frame is not the standard one, or if the name is empty or too long
     * @throws BlockStateException if the batch is published or abandoned
     * @throws WrongThreadException if another thread uses the batch
     */
    public BatchSection named(long partOffset, long partByteSize, String name, Frame frame) {
        Objects.requireNonNull(frame, "frame");
        Arguments.requireCodeName(name);
        Arguments.requirePart(partOffset, partByteSize, byteSize);
        Arguments.requireFramed(partOffset, frame);
        batch.requireUser("named()");
        batch.name(new NamedPart(space.base() + offset + partOffset, partByteSize, name, frame));
        return this;
    }

    Lifetime life() {
        return batch.life();
    }

    /** Publishes the section, which has a block of its own. */
    void publish() {
        if (staging != null) {
            space.write("publish()", offset, staging.buffer(), 0, byteSize);
        }
        space.publish(offset);
    }
}
