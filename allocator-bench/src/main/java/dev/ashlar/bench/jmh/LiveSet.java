package dev.ashlar.bench.jmh;

/** Addresses and sizes of a thread's live blocks; both of one block on one cache line, for every memory alike. */
final class LiveSet {

    private final long[] cells;

    LiveSet(int count) {
        cells = new long[2 * count];
    }

    int count() {
        return cells.length / 2;
    }

    long address(int block) {
        return cells[2 * block];
    }

    long byteSize(int block) {
        return cells[2 * block + 1];
    }

    void set(int block, long address, long byteSize) {
        cells[2 * block] = address;
        cells[2 * block + 1] = byteSize;
    }
}
