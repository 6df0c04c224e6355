package dev.ashlar.bench.designs;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;

/**
 * Ours: buddy runs of pages, slabs and packed runs cut from them, a {@link CodeHeap} as it is. Unlike the others it
 * fills what is freed with trapping instructions, refuses a wrong free and may be used by several threads, and its
 * memory is real.
 */
final class CodePlacement implements PlacementDesign {

    private final CodeHeap heap;
    private final CodeAddresses addresses;
    private final long base;

    /** Takes over the heap. */
    private CodePlacement(CodeHeap heap) {
        this.heap = heap;
        this.addresses = heap.addresses();
        this.base = heap.report().executableAddress();
    }

    static CodePlacement on(Ground ground) {
        CodeHeap heap = CodeHeap.builder()
                .name("designs")
                .memory(ground.memory())
                .capacity((long) ground.regionCount() * REGION_BYTE_SIZE)
                .build();
        if (ground.readyByteSize() > 0) {
            heap.precommit(ground.readyByteSize());
        }
        return new CodePlacement(heap);
    }

    @Override
    public long allocate(long byteSize) {
        return addresses.allocate(byteSize) - base;
    }

    @Override
    public void free(long offset, long byteSize) {
        addresses.free(base + offset);
    }

    /** {@return the address at which the span's first byte can be written} */
    long writableBase() {
        long address = addresses.allocate(1);
        long writable = addresses.writable(address) - (address - base);
        addresses.free(address);
        return writable;
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
