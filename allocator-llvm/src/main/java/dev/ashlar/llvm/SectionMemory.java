package dev.ashlar.llvm;

import dev.ashlar.BatchSection;
import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Domain;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sections that LLVM asks for one by one and writes where they will run: batches of a heap on write path IN_PLACE.
 * LLVM says when all that it asked for is written; that is published together.
 *
 * <p>LLVM ends the process if it gets no memory. So after a failure it gets scratch memory, and the failure is told
 * before anything can run.
 *
 * <p>LLVM may call from one thread after the other; the engine's lock orders them.
 */
final class SectionMemory {
    private static final long LEAST_SCRATCH_ALIGNMENT = 16;

    private final CodeHeap heap;
    private final List<PublishedBatch> published = new ArrayList<>();
    private @Nullable CodeBatch open;
    private @Nullable Arena scratch;
    private @Nullable Throwable failure;

    SectionMemory(CodeHeap heap) {
        this.heap = heap;
    }

    /** {@return memory for a section, never NULL} */
    MemorySegment take(Domain domain, long byteSize, int byteAlignment) {
        long size = Math.max(1, byteSize);
        long alignment = Math.max(1, byteAlignment);
        if (failure == null) {
            try {
                return taken(domain, size, alignment);
            } catch (Throwable e) {
                failure = e;
            }
        }
        if (scratch == null) {
            scratch = Arena.ofShared();
        }
        return scratch.allocate(size, Math.max(LEAST_SCRATCH_ALIGNMENT, alignment));
    }

    private MemorySegment taken(Domain domain, long byteSize, long byteAlignment) {
        CodeBatch batch = open;
        if (batch == null) {
            batch = heap.openBatch();
            open = batch;
        }
        BatchSection section = batch.allocate(domain, byteSize, byteAlignment);
        MemorySegment address = MemorySegment.ofAddress(section.address());
        // Another thread may ask for the next section.
        batch.handOver();
        return address;
    }

    /** {@return the failure that forbids to run what was taken; null if that is published, or nothing was taken} */
    @Nullable Throwable publish() {
        CodeBatch batch = open;
        if (batch != null && failure == null) {
            open = null;
            try {
                published.add(batch.publish());
            } catch (Throwable e) {
                failure = e;
            }
        }
        return failure;
    }

    @Nullable Throwable failure() {
        return failure;
    }

    /** Gives everything back. LLVM no longer reads or writes it. */
    void free() {
        try {
            CodeBatch batch = open;
            if (batch != null) {
                open = null;
                batch.abandon();
            }
            published.forEach(PublishedBatch::free);
            published.clear();
        } catch (Throwable e) {
            failure = e;
        }
        if (scratch != null) {
            scratch.close();
            scratch = null;
        }
    }
}
