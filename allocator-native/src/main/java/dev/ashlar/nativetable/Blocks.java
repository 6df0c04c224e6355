package dev.ashlar.nativetable;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.WritePath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one domain, and where each is written. On write paths ALIAS and IN_PLACE that lies at one distance from
 * where it is used. On POKE it is a buffer for each block until it is published or freed.
 *
 * <p>Thread-safe.
 */
final class Blocks {
    private static final byte TRAP = (byte) 0xf4;
    private static final long LARGEST_BUFFER_ALIGNMENT = 64;
    private static final int LONGEST_NAME = 1000;
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final CodeAddresses addresses;
    private final @Nullable Map<Long, MemorySegment> buffers;
    private final byte filling;
    /** From where a block is used to where it is written. */
    private long distance = UNKNOWN;

    Blocks(CodeHeap heap, Domain domain) {
        this.addresses = heap.addresses(domain);
        this.filling = domain == Domain.CODE ? TRAP : 0;
        this.buffers =
                heap.writePath() == WritePath.POKE && domain != Domain.DATA ? new ConcurrentHashMap<>() : null;
    }

    /** {@return the address of a new block; an alignment of 0 is the smallest} */
    long take(long byteSize, long byteAlignment) {
        long address =
                byteAlignment == 0 ? addresses.allocate(byteSize) : addresses.allocate(byteSize, byteAlignment);
        try {
            if (buffers != null) {
                MemorySegment buffer = Arena.ofAuto().allocate(byteSize, LARGEST_BUFFER_ALIGNMENT);
                buffers.put(address, buffer.fill(filling));
            } else if (distance == UNKNOWN) {
                // Each thread finds the same.
                distance = addresses.writable(address) - address;
            }
            return address;
        } catch (Throwable e) {
            addresses.free(address);
            throw e;
        }
    }

    /** {@return where to write a block that was just taken} */
    long writable(long address) {
        if (buffers != null) {
            MemorySegment buffer = buffers.get(address);
            return buffer == null ? 0 : buffer.address();
        }
        return address + distance;
    }

    void name(long address, String name) {
        if (!name.isEmpty()) {
            addresses.name(address, name.substring(0, Math.min(name.length(), LONGEST_NAME)));
        }
    }

    void publish(long address) {
        MemorySegment buffer = buffers == null ? null : buffers.get(address);
        if (buffer != null) {
            addresses.write(address, 0, buffer, 0, buffer.byteSize());
        }
        addresses.publish(address);
        if (buffers != null) {
            buffers.remove(address);
        }
    }

    void shrink(long address, long byteSize) {
        addresses.shrink(address, byteSize);
        if (buffers != null) {
            buffers.computeIfPresent(address, (_, buffer) -> buffer.asSlice(0, byteSize));
        }
    }

    void free(long address) {
        if (buffers == null) {
            addresses.free(address);
            return;
        }
        // First: once the block is free, its address may have another buffer.
        MemorySegment buffer = buffers.remove(address);
        try {
            addresses.free(address);
        } catch (Throwable e) {
            if (buffer != null) {
                buffers.put(address, buffer);
            }
            throw e;
        }
    }

    boolean isLive(long address) {
        return addresses.blockContaining(address) == address;
    }
}
