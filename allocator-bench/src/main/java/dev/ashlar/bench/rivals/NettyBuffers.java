package dev.ashlar.bench.rivals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;

/** Direct buffers of one of Netty's pools. */
final class NettyBuffers implements DataMemory {

    private final String label;
    private final ByteBufAllocator allocator;
    private final ByteBuf[] buffers;

    NettyBuffers(String label, ByteBufAllocator allocator, int slotCount) {
        // By default it follows one buffer in 128 with a stack trace: not what is measured here.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        this.label = label;
        this.allocator = allocator;
        this.buffers = new ByteBuf[slotCount];
    }

    /** {@return the pool with Netty's own sizes} By default only Netty's threads have a cache; here all have. */
    static ByteBufAllocator pooled() {
        return new PooledByteBufAllocator(true, PooledByteBufAllocator.defaultNumHeapArena(),
                PooledByteBufAllocator.defaultNumDirectArena(), PooledByteBufAllocator.defaultPageSize(),
                PooledByteBufAllocator.defaultMaxOrder(), PooledByteBufAllocator.defaultSmallCacheSize(),
                PooledByteBufAllocator.defaultNormalCacheSize(), true);
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public long allocate(int slot, long byteSize) {
        int capacity = Math.toIntExact(byteSize);
        ByteBuf buffer = allocator.directBuffer(capacity, capacity);
        buffers[slot] = buffer;
        return buffer.memoryAddress();
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        buffers[slot].release();
    }

    @Override
    public void close() {
        for (ByteBuf buffer : buffers) {
            if (buffer != null && buffer.refCnt() > 0) {
                buffer.release();
            }
        }
    }
}
