package dev.ashlar.bench.rivals;

import dev.ashlar.tool.memory.BlockMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;

/** Direct buffers of one of Netty's pools. */
final class NettyBuffers implements BlockMemory {

    private final ByteBufAllocator allocator;
    private final ByteBuf[] buffers;

    NettyBuffers(ByteBufAllocator allocator, int slotCount) {
        // By default Netty records a stack trace for one buffer in 128; do not measure that.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        this.allocator = allocator;
        this.buffers = new ByteBuf[slotCount];
    }

    /** {@return the pool with Netty's own sizes, but with a cache for every thread, not only for Netty's} */
    static ByteBufAllocator pooled() {
        return new PooledByteBufAllocator(true, PooledByteBufAllocator.defaultNumHeapArena(),
                PooledByteBufAllocator.defaultNumDirectArena(), PooledByteBufAllocator.defaultPageSize(),
                PooledByteBufAllocator.defaultMaxOrder(), PooledByteBufAllocator.defaultSmallCacheSize(),
                PooledByteBufAllocator.defaultNormalCacheSize(), true);
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
