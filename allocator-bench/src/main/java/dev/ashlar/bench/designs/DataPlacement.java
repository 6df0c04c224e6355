package dev.ashlar.bench.designs;

import dev.ashlar.DataAddresses;
import dev.ashlar.DataHeap;

/**
 * Ours without what code needs: a {@link DataHeap} has the same buddy runs, slabs and packed runs, and does not touch
 * what it places. Unlike the rivals it refuses a wrong free and may be used by several threads.
 */
final class DataPlacement implements PlacementDesign {

    private final DataHeap heap;
    private final DataAddresses addresses;
    private final long base;

    private DataPlacement(DataHeap heap) {
        this.heap = heap;
        this.addresses = heap.addresses();
        this.base = heap.report().address();
    }

    static DataPlacement on(Ground ground) {
        DataHeap heap = DataHeap.builder()
                .name("designs")
                .memory(ground.memory())
                .capacity((long) ground.regionCount() * REGION_BYTE_SIZE)
                .build();
        if (ground.readyByteSize() > 0) {
            heap.precommit(ground.readyByteSize());
        }
        return new DataPlacement(heap);
    }

    @Override
    public long allocate(long byteSize) {
        return addresses.allocate(byteSize) - base;
    }

    @Override
    public void free(long offset, long byteSize) {
        addresses.free(base + offset);
    }

    @Override
    public long committedByteSize() {
        return heap.committedByteSize();
    }

    @Override
    public Footprint footprint() {
        return HeapFootprint.of(heap.stats(), heap.audit());
    }

    @Override
    public void trim() {
        heap.trim();
    }

    @Override
    public void close() {
        heap.close();
    }
}
