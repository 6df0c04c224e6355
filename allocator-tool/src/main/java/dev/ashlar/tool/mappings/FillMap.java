package dev.ashlar.tool.demo;

import dev.ashlar.CodeHeap;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.tool.demo.DemoResult.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the heap and, through its audit, the kernel. */
final class HeapWitness implements FunctionLoad.Witness {

    private static final long REGION_BYTE_SIZE = 2L << 20;
    /** Parts of a region in the picture: 32 KiB each. */
    private static final int PART_COUNT = 64;
    private static final long PART_BYTE_SIZE = REGION_BYTE_SIZE / PART_COUNT;

    private final CodeHeap heap;
    private final FunctionLoad load;
    private @Nullable HeapAudit allLive;
    private @Nullable HeapAudit halfFreed;
    private List<Region> regions = List.of();

    HeapWitness(CodeHeap heap, FunctionLoad load) {
        this.heap = heap;
        this.load = load;
    }

    @Override
    public long mappedByteSize() {
        return heap.committedByteSize();
    }

    @Override
    public long hugeByteSize() {
        return heap.audit().hugeByteSize();
    }

    @Override
    public void look(boolean half) {
        HeapAudit audit = heap.audit();
        if (half) {
            halfFreed = audit;
        } else {
            allLive = audit;
            regions = picture(audit);
        }
    }

    /** {@return the audit while all functions were live} */
    HeapAudit allLive() {
        return seen(allLive);
    }

    /** {@return the audit after every other function was freed} */
    HeapAudit halfFreed() {
        return seen(halfFreed);
    }

    /** {@return the regions while all functions were live} */
    List<Region> regions() {
        return regions;
    }

    private List<Region> picture(HeapAudit audit) {
        long start = heap.report().executableAddress();
        List<Region> picture = new ArrayList<>();
        for (HeapAudit.Region region : audit.regions()) {
            long regionStart = start + region.index() * REGION_BYTE_SIZE;
            long[] live = new long[PART_COUNT];
            for (int function = 0; function < FunctionLoad.FUNCTION_COUNT; function++) {
                count(live, load.address(function) - regionStart, load.byteSize(function));
            }
            List<Integer> fill = new ArrayList<>();
            for (long bytes : live) {
                fill.add((int) (100 * bytes / PART_BYTE_SIZE));
            }
            picture.add(new Region(region.index(), region.backing().label(),
                    region.isHuge(), fill));
        }
        return picture;
    }

    /** Adds a function's bytes to the parts of a region that it covers. */
    private static void count(long[] live, long offset, long byteSize) {
        long from = Math.max(0, offset);
        long to = Math.min(REGION_BYTE_SIZE, offset + byteSize);
        while (from < to) {
            int part = (int) (from / PART_BYTE_SIZE);
            long partEnd = Math.min(to, (part + 1) * PART_BYTE_SIZE);
            live[part] += partEnd - from;
            from = partEnd;
        }
    }

    private static HeapAudit seen(@Nullable HeapAudit audit) {
        if (audit == null) {
            throw new IllegalStateException("the load has not run yet");
        }
        return audit;
    }
}
