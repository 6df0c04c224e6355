package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.host.Seeds;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The ledger predicts the kernel's tables. {@code -Dashlar.steps} sets the length of the walks. */
class LedgerTest {
    private static final int STEP_COUNT = (int) Seeds.stepCount(400);
    private static final int FAKE_STEPS_PER_STEP = 10;
    private static final long REGION = Region.BYTE_SIZE;
    private static final int REGION_COUNT = 24;

    private static CodeHeapBuilder builder(PathCell cell) {
        return cell.builder()
                .capacity(REGION_COUNT / 2 * REGION)
                .constantCapacity(REGION_COUNT / 4 * REGION)
                .dataCapacity(REGION_COUNT / 4 * REGION);
    }

    /** The tables of this process. */
    private record Tables(PagemapScan scan) implements LedgerWalk.Kernel {
        @Override
        public List<Ledger.Range> mappings(View view) {
            AddressRange all = view.range();
            return ProcessMaps.readWithin(List.of(all)).mappings().stream()
                    .map(mapping -> new Ledger.Range(cut(mapping, all), mapping.permissions()))
                    .toList();
        }

        private static AddressRange cut(Mapping mapping, AddressRange view) {
            return new AddressRange(
                    Math.max(mapping.start(), view.start()), Math.min(mapping.end(), view.end()));
        }

        @Override
        public BitSet hugeRegions(View view) {
            return scan.hugeRegions(view.range().start(), view.range().end()).orElseThrow();
        }
    }

    private static PagemapScan scan() {
        assumeTrue(PagemapScan.refusal(Libc.system()).isEmpty(), "needs PAGEMAP_SCAN: Linux 6.7");
        return PagemapScan.open(Libc.system()).orElseThrow();
    }

    @OnEveryPath
    @Tag(Seeds.TAG)
    void theLedgerPredictsTheTablesOfTheKernelAfterEveryStep(PathCell cell) {
        try (HugePages _ = cell.need(REGION_COUNT);
                PagemapScan scan = scan()) {
            Seeds.forEach(seed -> {
                try (CodeHeap heap = builder(cell).build()) {
                    new LedgerWalk(heap, new Tables(scan), seed).run(STEP_COUNT);
                }
            });
        }
    }

    @Test
    void theLedgerPredictsTheTablesOfTheKernelForBatchesOnHugetlb() {
        theLedgerPredictsTheTablesOfTheKernelAfterEveryStep(new PathCell(WritePath.IN_PLACE, MemoryDemand.HUGETLB));
    }

    @ParameterizedTest
    @MethodSource("dev.ashlar.host.PathCell#oneView")
    @Tag(Seeds.TAG)
    void theLedgerPredictsTheTablesOfAModelAfterEveryStep(PathCell cell) {
        Seeds.forEach(seed -> {
            FakeKernel fake = new FakeKernel(Libc.system());
            try (CodeHeap heap = over(fake.calls(), builder(cell)).withoutPreparedRegions().build()) {
                new LedgerWalk(heap, fake, seed).run(STEP_COUNT * FAKE_STEPS_PER_STEP);
            }
        });
    }

    /** A call that does something else than the ledger assumes. */
    enum Lie {
        PUBLISHES_NOTHING("mprotect"),
        PUBLISHES_A_PAGE_LESS("mprotect"),
        LEAVES_A_RELEASED_REGION("mmap"),
        HEALS_NOTHING("madvise");

        private final String method;

        Lie(String method) {
            this.method = method;
        }

        private boolean applies(Method called, Object[] arguments) {
            return called.getName().equals(method)
                    && switch (this) {
                        case PUBLISHES_NOTHING, PUBLISHES_A_PAGE_LESS ->
                                (int) arguments[2] == (Linux.PROT_READ | Linux.PROT_EXEC)
                                        && (long) arguments[1] > 4096;
                        case LEAVES_A_RELEASED_REGION ->
                                (int) arguments[2] == Linux.PROT_NONE
                                        && ((int) arguments[3] & Linux.MAP_FIXED) != 0;
                        case HEALS_NOTHING -> (int) arguments[2] == Linux.MADV_COLLAPSE;
                    };
        }
    }

    @ParameterizedTest
    @EnumSource(Lie.class)
    void aWrongPredictionIsFound(Lie lie) {
        AtomicInteger armed = new AtomicInteger();
        SystemCalls kernel = Libc.system();
        SystemCalls lying = (SystemCalls) Proxy.newProxyInstance(
                SystemCalls.class.getClassLoader(), new Class<?>[] {SystemCalls.class}, (_, method, arguments) -> {
                    if (armed.get() == 1 && lie.applies(method, arguments)) {
                        // A collapse at the end of a commit changes nothing in the tables, only a later one does.
                        armed.set(lie == Lie.HEALS_NOTHING ? 1 : 2);
                        if (lie != Lie.PUBLISHES_A_PAGE_LESS) {
                            return method.getReturnType() == long.class ? arguments[0] : (Object) 0;
                        }
                        arguments[1] = (long) arguments[1] - 4096;
                    }
                    try {
                        return method.invoke(kernel, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        PathCell cell = new PathCell(WritePath.IN_PLACE, MemoryDemand.THP);
        try (HugePages _ = cell.need(REGION_COUNT);
                PagemapScan scan = scan();
                CodeHeap heap = over(lying, builder(cell)).withoutPreparedRegions().build()) {
            armed.set(1);
            // A thousand steps take about a second. Most lies are found in the same step.
            assertThatThrownBy(() -> new LedgerWalk(heap, new Tables(scan), Seeds.FIXED).run(1000))
                    .isInstanceOf(AssertionError.class);
        }
    }
}
