package dev.ashlar.tool.permissions;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.Libc;

/** Opens the way of a cell. */
final class Ways {

    private static final long REGION_BYTE_SIZE = 2L << 20;

    /** Bytes of address space for each function: a page, and as much again for what is between. */
    private static final long BYTES_PER_FUNCTION = 8192;

    private Ways() {}

    /**
     * {@return the way of a cell, with room for its functions; the caller closes it}
     *
     * @throws LackingException if this host lacks what it needs
     */
    static Way open(Cell cell, int functionCount) {
        int regionCountMax = (int) (functionCount * BYTES_PER_FUNCTION / REGION_BYTE_SIZE) + 16;
        return switch (cell.kind()) {
            case ALIAS -> new HeapWay(heap(cell, WritePath.ALIAS, regionCountMax));
            case POKE -> new HeapWay(heap(cell, WritePath.POKE, regionCountMax));
            case IN_PLACE -> cell.isBatched()
                    ? new BatchWay(heap(cell, WritePath.IN_PLACE, regionCountMax), cell.contents())
                    : new HeapWay(heap(cell, WritePath.IN_PLACE, regionCountMax));
            case MAPPING -> new MappingWay(Libc.system());
            case FLIPS -> {
                requireTransparentHugePages();
                yield new FlippingWay(Libc.system(), regionCountMax);
            }
        };
    }

    private static CodeHeap heap(Cell cell, WritePath path, int regionCountMax) {
        try {
            return CodeHeap.builder()
                    .name(cell.id())
                    .memory(memory(cell.backing()))
                    .writePath(path)
                    .capacity(regionCountMax * REGION_BYTE_SIZE)
                    .constantCapacity(HeapViews.OTHER_BYTE_SIZE)
                    .dataCapacity(HeapViews.OTHER_BYTE_SIZE)
                    .build();
        } catch (AshlarException refused) {
            throw new LackingException(String.valueOf(refused.getMessage()));
        }
    }

    private static MemoryDemand memory(Backing backing) {
        return switch (backing) {
            case HUGETLB -> MemoryDemand.HUGETLB;
            case SHMEM_THP, ANON_THP -> MemoryDemand.THP;
            case SMALL -> MemoryDemand.SMALL;
            case SECRET -> throw new IllegalArgumentException("no code lies in " + backing);
        };
    }

    private static void requireTransparentHugePages() {
        String enabled = HugePageSettings.read().thpEnabled().orElse("not in this kernel");
        if (!enabled.equals("always") && !enabled.equals("madvise")) {
            throw new LackingException("transparent huge pages: " + enabled);
        }
    }
}
