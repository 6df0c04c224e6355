package dev.ashlar.bench.filters;

import dev.ashlar.CodeHeap;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.examples.filter.ColumnType;
import dev.ashlar.examples.filter.Filter;
import dev.ashlar.examples.filter.FilterEngine;
import dev.ashlar.examples.filter.FilterThread;
import dev.ashlar.examples.filter.Interpreter;
import dev.ashlar.examples.filter.Predicate;
import dev.ashlar.examples.filter.Predicate.Relation;
import dev.ashlar.examples.filter.Table;
import dev.ashlar.examples.filter.Tier;
import dev.ashlar.examples.filter.TierUp;
import dev.ashlar.examples.filter.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The same filters and rows for each contender, which is checked against the interpreter first. */
public final class FilterSet implements AutoCloseable {
    /** Rows that a call looks at. */
    public static final int ROW_COUNT = 1024;

    /** The filters of the example, with the instructions that the processor has. */
    public static final String ASHLAR = "ashlar";

    /** The filters of the example, for single rows only. */
    public static final String ASHLAR_SCALAR = "ashlar-scalar";

    /** Filters composed of method handles. */
    public static final String METHOD_HANDLES = "method-handles";

    /** Filters in hidden classes, which jump. */
    public static final String HIDDEN_CLASSES = "hidden-classes";

    /** Filters in hidden classes, which do not. */
    public static final String HIDDEN_CLASSES_WITHOUT_JUMPS = "hidden-classes-no-jumps";

    private static final List<ColumnType> TYPES =
            List.of(ColumnType.INT, ColumnType.INT, ColumnType.LONG, ColumnType.DOUBLE);
    private static final int RANGE = 1000;
    private static final int CHECKED_CALLS = 30;

    private final SplittableRandom random = new SplittableRandom(16);
    private final Arena arena = Arena.ofConfined();
    private final CodeHeap heap = CodeHeap.builder().name("filters").build();
    /** From the last to the first. */
    private final List<Runnable> closing = new ArrayList<>(List.of(arena::close, heap::close));
    private final Table table = new Table(TYPES, ROW_COUNT, arena);
    private final MemorySegment[] columns = table.columns().toArray(MemorySegment[]::new);
    private final MemorySegment selection = arena.allocate(ValueLayout.JAVA_INT, ROW_COUNT);
    private final RowFilter[] filters;

    /**
     * Compiles filters and checks them.
     *
     * @param contender who compiles them
     * @param count how many
     */
    public FilterSet(String contender, int count) throws Throwable {
        for (int row = 0; row < ROW_COUNT; row++) {
            columns[0].setAtIndex(ValueLayout.JAVA_INT, row, random.nextInt(RANGE));
            columns[1].setAtIndex(ValueLayout.JAVA_INT, row, random.nextInt(RANGE));
            columns[2].setAtIndex(ValueLayout.JAVA_LONG, row, random.nextLong(RANGE));
            columns[3].setAtIndex(ValueLayout.JAVA_DOUBLE, row, random.nextDouble(RANGE));
        }
        List<Predicate> predicates = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            predicates.add(predicate(index));
        }
        filters = switch (contender) {
            case ASHLAR -> ashlar(predicates, TierUp.DEFAULT, Tier.VECTOR);
            case ASHLAR_SCALAR -> ashlar(
                    predicates, new TierUp(TierUp.DEFAULT.scalarRowCount(), TierUp.NEVER), Tier.SCALAR);
            case METHOD_HANDLES -> predicates.stream()
                    .map(predicate -> count == 1
                            ? MethodHandleFilters.hot(predicate)
                            : MethodHandleFilters.of(predicate))
                    .toArray(RowFilter[]::new);
            case HIDDEN_CLASSES -> predicates.stream()
                    .map(predicate -> HiddenClassFilters.withJumps(predicate, TYPES)).toArray(RowFilter[]::new);
            case HIDDEN_CLASSES_WITHOUT_JUMPS -> predicates.stream()
                    .map(predicate -> HiddenClassFilters.withoutJumps(predicate, TYPES)).toArray(RowFilter[]::new);
            default -> throw new IllegalArgumentException("no such contender: " + contender);
        };
        check(predicates);
    }

    /** {@return whether 30 to 70 percent of the rows meet it: a mix that a processor cannot predict} */
    private Predicate predicate(int index) {
        Value first = Value.column(0, ColumnType.INT);
        Value second = Value.column(1, ColumnType.INT);
        Value third = Value.column(2, ColumnType.LONG);
        Value fourth = Value.column(3, ColumnType.DOUBLE);
        int low = random.nextInt(RANGE / 5, RANGE / 2);
        int high = random.nextInt(RANGE / 2, RANGE - RANGE / 5);
        return switch (index % 4) {
            case 0 -> first.is(Relation.GREATER, Value.constant(low))
                    .and(second.is(Relation.LESS, Value.constant(high)));
            case 1 -> fourth.times(Value.constant(1.5)).is(Relation.GREATER, Value.constant(1.5 * low))
                    .and(first.plus(second).is(Relation.LESS_OR_EQUAL, Value.constant(2 * high)));
            case 2 -> third.is(Relation.LESS, Value.constant((long) low))
                    .or(first.is(Relation.GREATER_OR_EQUAL, second));
            default -> first.is(Relation.LESS, Value.constant(high))
                    .and(third.is(Relation.GREATER, Value.constant((long) low))
                            .or(fourth.is(Relation.LESS, Value.constant((double) low))));
        };
    }

    private RowFilter[] ashlar(List<Predicate> predicates, TierUp tierUp, Tier tier) {
        FilterEngine engine = new FilterEngine(heap, tierUp);
        FilterThread self = engine.register();
        closing.addAll(List.of(engine::close, self::close));
        return predicates.stream().map(predicate -> {
            Filter filter = engine.compile(predicate.toString(), predicate, TYPES);
            for (int call = 0; call < CHECKED_CALLS && filter.tier() != tier; call++) {
                self.select(filter, table, selection);
            }
            if (filter.tier() != tier) {
                throw new RivalUnavailableException("the processor has no AVX2");
            }
            return (RowFilter) (_, _, rows) -> self.select(filter, table, rows);
        }).toArray(RowFilter[]::new);
    }

    private void check(List<Predicate> predicates) throws Throwable {
        MemorySegment expected = arena.allocate(ValueLayout.JAVA_INT, ROW_COUNT);
        for (int index = 0; index < filters.length; index++) {
            int count = Interpreter.select(predicates.get(index), table.columns(), ROW_COUNT, expected);
            long byteSize = (long) count * Integer.BYTES;
            if (select(index) != count
                    || selection.asSlice(0, byteSize).mismatch(expected.asSlice(0, byteSize)) >= 0) {
                throw new AssertionError("other rows than the interpreter: " + predicates.get(index));
            }
        }
    }

    /** {@return the number of rows that a filter selects} */
    public int select(int index) throws Throwable {
        return filters[index].select(columns, ROW_COUNT, selection);
    }

    @Override
    public void close() {
        closing.reversed().forEach(Runnable::run);
    }
}
