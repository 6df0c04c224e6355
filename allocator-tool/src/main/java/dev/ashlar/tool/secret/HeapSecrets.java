package dev.ashlar.tool.secret;

import dev.ashlar.SecretHeap;
import java.lang.foreign.MemorySegment;

/** Pooled by region. */
final class HeapSecrets implements Secrets {
    private final SecretHeap heap = SecretHeap.create();

    @Override
    public MemorySegment allocate(int byteSize) {
        return heap.allocate(byteSize);
    }

    @Override
    public void free(MemorySegment secret) {
        heap.free(secret);
    }

    @Override
    public void close() {
        heap.close();
    }
}
