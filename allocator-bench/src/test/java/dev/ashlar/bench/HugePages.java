package dev.ashlar.bench;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.memory.Memory;
import dev.ashlar.stubs.HugePageSettings;

/** What tests need of the host: without it they are skipped, or fail where huge pages are required. */
public final class HugePages {

    private static final int POOL_PAGE_COUNT = 32;

    private HugePages() {}

    /**
     * Goes on only where a heap of this kind can be had; {@code ashlar.hugepages.required} makes its lack a failure.
     */
    public static void require(Memory memory) {
        if (memory != Memory.HUGETLB) {
            return;
        }
        long available = HugePageSettings.read().pool().map(HugePageSettings.Pool::available).orElse(0L);
        String lack = "needs " + POOL_PAGE_COUNT + " hugetlb pages, and " + available
                + " are available: sudo sysctl vm.nr_hugepages=64";
        if (available < POOL_PAGE_COUNT && Boolean.getBoolean("ashlar.hugepages.required")) {
            fail(lack);
        }
        assumeTrue(available >= POOL_PAGE_COUNT, lack);
    }
}
