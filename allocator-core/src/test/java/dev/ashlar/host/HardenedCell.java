package dev.ashlar.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import java.util.List;
import java.util.stream.Stream;

/** A level of hardening and a kind of memory. */
public record HardenedCell(Hardening level, MemoryDemand memory) {

    /** {@return all cells of the levels that need something of the kernel} */
    public static List<HardenedCell> all() {
        return Stream.concat(cells(Hardening.SEALED), cells(Hardening.PINNED)).toList();
    }

    /** {@return all cells, those without hardening included} */
    public static List<HardenedCell> withOrdinary() {
        return Stream.concat(cells(Hardening.NONE), all().stream()).toList();
    }

    /** {@return the cells of PINNED} */
    public static List<HardenedCell> pinned() {
        return cells(Hardening.PINNED).toList();
    }

    private static Stream<HardenedCell> cells(Hardening level) {
        return Stream.of(MemoryDemand.HUGETLB, MemoryDemand.THP, MemoryDemand.SMALL)
                .map(memory -> new HardenedCell(level, memory));
    }

    /** {@return a builder of heaps of this cell} */
    public CodeHeapBuilder builder() {
        return CodeHeap.builder().memory(memory).hardening(level);
    }

    /** {@return whether its regions are pinned} */
    public boolean isPinned() {
        return level == Hardening.PINNED;
    }

    /**
     * Continues only if the kernel supports it.
     *
     * @return a hold on the huge pages that this many regions need
     */
    public HugePages need(int regionCount) {
        boolean isPossible = !isPinned() || Libc.system().mseal(0, 0) != -Errno.ENOSYS;
        assumeTrue(isPossible, "needs mseal(2): Linux 6.10");
        return HugePages.need(memory, regionCount);
    }

    @Override
    public String toString() {
        return level + " " + memory;
    }
}
