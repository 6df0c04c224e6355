package dev.ashlar.examples.filter;

import dev.ashlar.examples.filter.Predicate.And;
import dev.ashlar.examples.filter.Predicate.Comparison;
import dev.ashlar.examples.filter.Predicate.Not;
import dev.ashlar.examples.filter.Predicate.Or;
import dev.ashlar.examples.filter.Predicate.Relation;
import dev.ashlar.examples.filter.Value.Arithmetic;
import dev.ashlar.examples.filter.Value.Column;
import dev.ashlar.examples.filter.Value.Constant;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Evaluates predicates row by row: what compiled code must agree with, and what runs before there is any. */
public final class Interpreter {
    private Interpreter() {}

    /**
     * Selects the rows that meet a condition.
     *
     * @param predicate the condition
     * @param columns the columns of the table
     * @param rowCount the rows of the table
     * @param selection where to write the numbers of the selected rows, in ascending order; room for all rows
     * @return the number of selected rows
     */
    public static int select(Predicate predicate, List<MemorySegment> columns, int rowCount,
            MemorySegment selection) {
        int count = 0;
        for (int row = 0; row < rowCount; row++) {
            if (holds(predicate, columns, row)) {
                selection.setAtIndex(ValueLayout.JAVA_INT, count++, row);
            }
        }
        return count;
    }

    private static boolean holds(Predicate predicate, List<MemorySegment> columns, int row) {
        return switch (predicate) {
            case And(Predicate left, Predicate right) -> holds(left, columns, row) && holds(right, columns, row);
            case Or(Predicate left, Predicate right) -> holds(left, columns, row) || holds(right, columns, row);
            case Not(Predicate operand) -> !holds(operand, columns, row);
            case Comparison(Relation relation, Value left, Value right) -> left.type() == ColumnType.DOUBLE
                    ? holds(relation, real(left, columns, row), real(right, columns, row))
                    : holds(relation, integer(left, columns, row), integer(right, columns, row));
        };
    }

    private static boolean holds(Relation relation, long left, long right) {
        return switch (relation) {
            case EQUAL -> left == right;
            case NOT_EQUAL -> left != right;
            case LESS -> left < right;
            case LESS_OR_EQUAL -> left <= right;
            case GREATER -> left > right;
            case GREATER_OR_EQUAL -> left >= right;
        };
    }

    private static boolean holds(Relation relation, double left, double right) {
        return switch (relation) {
            case EQUAL -> left == right;
            case NOT_EQUAL -> left != right;
            case LESS -> left < right;
            case LESS_OR_EQUAL -> left <= right;
            case GREATER -> left > right;
            case GREATER_OR_EQUAL -> left >= right;
        };
    }

    private static long integer(Value value, List<MemorySegment> columns, int row) {
        return switch (value) {
            case Constant(ColumnType _, long bits) -> bits;
            case Column(int index, ColumnType type) -> type == ColumnType.INT
                    ? columns.get(index).getAtIndex(ValueLayout.JAVA_INT, row)
                    : columns.get(index).getAtIndex(ValueLayout.JAVA_LONG, row);
            case Arithmetic(Value.Operator operator, Value first, Value second) -> {
                long left = integer(first, columns, row);
                long right = integer(second, columns, row);
                long result = switch (operator) {
                    case ADD -> left + right;
                    case SUBTRACT -> left - right;
                    case MULTIPLY -> left * right;
                };
                yield value.type() == ColumnType.INT ? (int) result : result;
            }
        };
    }

    private static double real(Value value, List<MemorySegment> columns, int row) {
        return switch (value) {
            case Constant(ColumnType _, long bits) -> Double.longBitsToDouble(bits);
            case Column(int index, ColumnType _) -> columns.get(index).getAtIndex(ValueLayout.JAVA_DOUBLE, row);
            case Arithmetic(Value.Operator operator, Value first, Value second) -> {
                double left = real(first, columns, row);
                double right = real(second, columns, row);
                yield switch (operator) {
                    case ADD -> left + right;
                    case SUBTRACT -> left - right;
                    case MULTIPLY -> left * right;
                };
            }
        };
    }
}
