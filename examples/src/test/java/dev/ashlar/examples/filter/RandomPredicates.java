package dev.ashlar.examples.filter;

import dev.ashlar.examples.filter.Predicate.Relation;
import dev.ashlar.examples.filter.Value.Operator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/** Draws predicates and tables. Small numbers are likely, so that comparisons hold for some rows and not for others. */
final class RandomPredicates {
    static final List<ColumnType> TYPES = List.of(
            ColumnType.INT, ColumnType.LONG, ColumnType.DOUBLE, ColumnType.INT, ColumnType.DOUBLE, ColumnType.LONG);

    private static final double[] REALS = {Double.NaN, -0.0, 0.0, Double.POSITIVE_INFINITY, Double.MIN_VALUE, -1.5};
    private static final long[] INTEGERS = {Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, -1};

    private final SplittableRandom random;

    RandomPredicates(SplittableRandom random) {
        this.random = random;
    }

    Table table(Arena arena, int rowCount) {
        Table table = new Table(TYPES, rowCount, arena);
        for (int index = 0; index < TYPES.size(); index++) {
            MemorySegment column = table.columns().get(index);
            for (int row = 0; row < rowCount; row++) {
                switch (TYPES.get(index)) {
                    case INT -> column.setAtIndex(ValueLayout.JAVA_INT, row, (int) integer());
                    case LONG -> column.setAtIndex(ValueLayout.JAVA_LONG, row, integer());
                    case DOUBLE -> column.setAtIndex(ValueLayout.JAVA_DOUBLE, row, real());
                }
            }
        }
        return table;
    }

    Predicate predicate(int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(5);
        return switch (kind) {
            case 1 -> predicate(depth - 1).and(predicate(depth - 1));
            case 2 -> predicate(depth - 1).or(predicate(depth - 1));
            case 3 -> predicate(depth - 1).not();
            default -> {
                ColumnType type = draw(ColumnType.values());
                yield value(type, depth).is(draw(Relation.values()), value(type, depth));
            }
        };
    }

    private Value value(ColumnType type, int depth) {
        int kind = random.nextInt(depth == 0 ? 2 : 4);
        return switch (kind) {
            case 0 -> switch (type) {
                case INT -> Value.constant((int) integer());
                case LONG -> Value.constant(integer());
                case DOUBLE -> Value.constant(real());
            };
            case 1 -> Value.column(columnOf(type), type);
            default -> new Value.Arithmetic(draw(Operator.values()), value(type, depth - 1), value(type, depth - 1));
        };
    }

    private int columnOf(ColumnType type) {
        int index = random.nextInt(TYPES.size());
        return TYPES.get(index) == type ? index : columnOf(type);
    }

    private long integer() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> INTEGERS[random.nextInt(INTEGERS.length)];
            default -> random.nextInt(-4, 5);
        };
    }

    private double real() {
        return switch (random.nextInt(8)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> REALS[random.nextInt(REALS.length)];
            default -> random.nextInt(-4, 5) / 2.0;
        };
    }

    private <T> T draw(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
