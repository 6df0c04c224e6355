package dev.ashlar.tool.soak;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Knows which memory belongs to a live block: a bit for every 16 bytes of the address space that was ever used.
 *
 * <p>Thread-safe.
 */
final class Shadow {
    private static final int LOG2_GRANULE = 4;
    private static final int LOG2_CHUNK = 21;
    private static final int WORDS_PER_CHUNK = 1 << (LOG2_CHUNK - LOG2_GRANULE - 6);

    private final ConcurrentHashMap<Long, AtomicLongArray> chunks = new ConcurrentHashMap<>();

    /** Marks the memory of a block that was taken. Throws if a byte of it belongs to another one. */
    void claim(long address, long byteSize) {
        long word = firstGranule(address) >>> 6;
        long last = lastGranule(address, byteSize) >>> 6;
        for (; word <= last; word++) {
            long mask = mask(word, address, byteSize);
            AtomicLongArray chunk = chunkOf(word);
            int index = indexOf(word);
            long before = chunk.getAndAccumulate(index, mask, (old, bits) -> old | bits);
            if ((before & mask) != 0) {
                throw new SoakFailure("a new block of %,d bytes at 0x%x overlaps a live one at 0x%x".formatted(byteSize,
                        address, ((word << 6) | Long.numberOfTrailingZeros(before & mask)) << LOG2_GRANULE));
            }
        }
    }

    /** Removes the marks of a block that is about to be freed. */
    void release(long address, long byteSize) {
        long word = firstGranule(address) >>> 6;
        long last = lastGranule(address, byteSize) >>> 6;
        for (; word <= last; word++) {
            chunkOf(word).accumulateAndGet(indexOf(word), ~mask(word, address, byteSize), (old, bits) -> old & bits);
        }
    }

    private AtomicLongArray chunkOf(long word) {
        Long key = word >>> (LOG2_CHUNK - LOG2_GRANULE - 6);
        AtomicLongArray chunk = chunks.get(key);
        return chunk != null ? chunk : chunks.computeIfAbsent(key, _ -> new AtomicLongArray(WORDS_PER_CHUNK));
    }

    private static int indexOf(long word) {
        return (int) word & (WORDS_PER_CHUNK - 1);
    }

    private static long firstGranule(long address) {
        return address >>> LOG2_GRANULE;
    }

    private static long lastGranule(long address, long byteSize) {
        return (address + byteSize - 1) >>> LOG2_GRANULE;
    }

    /** {@return the bits of a word that the block covers} */
    private static long mask(long word, long address, long byteSize) {
        long first = Math.max(firstGranule(address) - (word << 6), 0);
        long last = Math.min(lastGranule(address, byteSize) - (word << 6), 63);
        return (-1L << first) & (-1L >>> (63 - last));
    }
}
