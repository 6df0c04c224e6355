package dev.ashlar.host;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import java.util.List;
import java.util.stream.Stream;

/** A write path and a kind of memory that can serve it. */
public record PathCell(WritePath path, MemoryDemand memory) {

    /** {@return all cells that serve blocks} */
    public static List<PathCell> all() {
        return Stream.of(WritePath.values())
                .flatMap(path -> Stream.of(MemoryDemand.HUGETLB, MemoryDemand.THP, MemoryDemand.SMALL)
                        .filter(memory -> !memory.ladder(path).isEmpty())
                        .map(memory -> new PathCell(path, memory)))
                .filter(cell -> cell.path() != WritePath.IN_PLACE || cell.memory() != MemoryDemand.HUGETLB)
                .toList();
    }

    /** {@return all cells: each serves batches} */
    public static List<PathCell> batches() {
        return Stream.concat(all().stream(), inPlace().stream()).distinct().toList();
    }

    /** {@return all cells whose batches are written where they will run} */
    public static List<PathCell> inPlace() {
        return Stream.of(MemoryDemand.HUGETLB, MemoryDemand.THP, MemoryDemand.SMALL)
                .map(memory -> new PathCell(WritePath.IN_PLACE, memory))
                .toList();
    }

    /** {@return all cells with only one view: a model without real memory can replace the kernel for these} */
    public static List<PathCell> oneView() {
        return batches().stream().filter(cell -> cell.path() != WritePath.ALIAS).toList();
    }

    /** {@return a builder of heaps of this cell} */
    public CodeHeapBuilder builder() {
        return CodeHeap.builder().writePath(path).memory(memory);
    }

    /** {@return a hold on the huge pages for a heap with this many regions in all its zones} */
    public HugePages need(int regionCount) {
        return HugePages.need(memory, regionCount);
    }

    @Override
    public String toString() {
        return path + " " + memory;
    }
}
