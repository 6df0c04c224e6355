package dev.ashlar.tool.secret;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Secrets of 64 to 512 bytes, written from end to end; the same sizes and victims for the same seed. */
final class SecretLoad {
    static final int LEAST_BYTE_SIZE = 64;
    static final int LARGEST_BYTE_SIZE = 512;
    private static final byte CONTENT = 0x5a;

    private final Secrets secrets;
    private final int count;
    private final SplittableRandom random;
    private final List<MemorySegment> live;
    private long liveByteSize;

    SecretLoad(Secrets secrets, int count, long seed) {
        this.secrets = secrets;
        this.count = count;
        this.random = new SplittableRandom(seed);
        this.live = new ArrayList<>(count);
    }

    /** {@return bytes asked for and live} */
    long liveByteSize() {
        return liveByteSize;
    }

    /** Allocates and writes until all are live. */
    void grow() {
        while (live.size() < count) {
            int byteSize = random.nextInt(LEAST_BYTE_SIZE, LARGEST_BYTE_SIZE + 1);
            live.add(secrets.allocate(byteSize).fill(CONTENT));
            liveByteSize += byteSize;
        }
    }

    /** Frees every other one, chosen at random. */
    void freeHalf() {
        while (live.size() > count / 2) {
            int victim = random.nextInt(live.size());
            MemorySegment last = live.removeLast();
            free(victim == live.size() ? last : live.set(victim, last));
        }
    }

    /** Frees all. */
    void freeAll() {
        while (!live.isEmpty()) {
            free(live.removeLast());
        }
    }

    private void free(MemorySegment secret) {
        liveByteSize -= secret.byteSize();
        secrets.free(secret);
    }
}
