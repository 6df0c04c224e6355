package dev.ashlar.examples.filter;

import dev.ashlar.CodeHeap;
import dev.ashlar.examples.filter.Predicate.Relation;
import dev.ashlar.memory.Visibility;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Runs a filter from the interpreter to vector code, and shows the time of a row in each version. */
public final class FilterExample {
    private static final int ROW_COUNT = 1024;
    private static final int CALL_COUNT = 40;
    private static final TierUp TIER_UP = new TierUp(10L * ROW_COUNT, 20L * ROW_COUNT);

    private FilterExample() {}

    /**
     * {@return which tools see the filters} With {@code perf}, {@code perf inject --jit} reads what is written to the
     * current directory; with {@code gdb}, a debugger that attaches knows the names.
     */
    private static Visibility visibility(List<String> arguments) {
        Visibility visibility = Visibility.NONE;
        if (arguments.contains("perf")) {
            visibility = visibility.jitDump(Path.of(""));
        }
        return arguments.contains("gdb") ? visibility.debugger() : visibility;
    }

    /** Selects orders of more than 10 pieces that cost less than 5 each, or more than 100 together. */
    public static void main(String[] arguments) {
        if (!HostFeatures.isX86()) {
            IO.println("skipped: x86-64 only, and this is " + System.getProperty("os.arch"));
            return;
        }
        Value pieces = Value.column(0, ColumnType.INT);
        Value price = Value.column(1, ColumnType.DOUBLE);
        Value total = Value.column(2, ColumnType.DOUBLE);
        Predicate wanted = pieces.is(Relation.GREATER, Value.constant(10))
                .and(price.is(Relation.LESS, Value.constant(5.0)))
                .or(total.is(Relation.GREATER, Value.constant(100.0)));

        try (CodeHeap heap = CodeHeap.builder().name("filters").visibility(visibility(List.of(arguments))).build();
                Arena arena = Arena.ofConfined();
                FilterEngine engine = new FilterEngine(heap, TIER_UP);
                FilterThread self = engine.register()) {
            Table orders = orders(arena);
            MemorySegment selection = arena.allocate(ValueLayout.JAVA_INT, ROW_COUNT);
            Filter filter = engine.compile("wanted", wanted, orders.types());
            double quickest = Double.MAX_VALUE;
            for (int call = 1; call <= CALL_COUNT; call++) {
                Tier tier = filter.tier();
                long start = System.nanoTime();
                int count = self.select(filter, orders, selection);
                quickest = Math.min(quickest, (double) (System.nanoTime() - start) / ROW_COUNT);
                if (filter.tier() != tier || call == CALL_COUNT) {
                    IO.println("%-11s %d of %d rows, quickest call: %.1f ns a row".formatted(
                            tier, count, ROW_COUNT, quickest));
                    quickest = Double.MAX_VALUE;
                }
            }
            heap.liveCode().forEach(code -> code.name().ifPresent(name -> IO.println(
                    "0x%x %5d bytes  %s".formatted(code.address(), code.byteSize(), name))));
            IO.println("old versions that wait: " + engine.oldVersionCount());
            filter.close();
        }
    }

    private static Table orders(Arena arena) {
        Table orders = new Table(List.of(ColumnType.INT, ColumnType.DOUBLE, ColumnType.DOUBLE), ROW_COUNT, arena);
        SplittableRandom random = new SplittableRandom(1);
        for (int row = 0; row < ROW_COUNT; row++) {
            int pieces = random.nextInt(1, 20);
            double price = random.nextDouble(1, 10);
            orders.columns().get(0).setAtIndex(ValueLayout.JAVA_INT, row, pieces);
            orders.columns().get(1).setAtIndex(ValueLayout.JAVA_DOUBLE, row, price);
            orders.columns().get(2).setAtIndex(ValueLayout.JAVA_DOUBLE, row, pieces * price);
        }
        return orders;
    }
}
