package dev.ashlar.examples.filter;

import dev.ashlar.examples.filter.Predicate.And;
import dev.ashlar.examples.filter.Predicate.Comparison;
import dev.ashlar.examples.filter.Predicate.Not;
import dev.ashlar.examples.filter.Predicate.Or;
import dev.ashlar.examples.filter.Value.Arithmetic;
import dev.ashlar.examples.filter.Value.Column;
import dev.ashlar.examples.filter.Value.Constant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** The columns that a predicate reads. */
final class Columns {
    /** Evaluation is recursive, and a stack overflow inside a call from machine code would end the JVM. */
    private static final int LEVELS_MAX = 500;

    private Columns() {}

    /** {@return the columns, in the order in which the predicate names them} */
    static SequencedSet<Column> of(Predicate predicate) {
        SequencedSet<Column> found = new LinkedHashSet<>();
        collect(predicate, found, 0);
        return found;
    }

    /** Throws unless a table has all columns that a predicate reads. */
    static void require(Predicate predicate, List<ColumnType> types) {
        for (Column column : of(predicate)) {
            if (column.index() >= types.size() || types.get(column.index()) != column.type()) {
                throw new IllegalArgumentException("no such column: " + column + ", columns=" + types);
            }
        }
    }

    private static void collect(Predicate predicate, SequencedSet<Column> found, int level) {
        requireLevel(level);
        switch (predicate) {
            case And(Predicate left, Predicate right) -> {
                collect(left, found, level + 1);
                collect(right, found, level + 1);
            }
            case Or(Predicate left, Predicate right) -> {
                collect(left, found, level + 1);
                collect(right, found, level + 1);
            }
            case Not(Predicate operand) -> collect(operand, found, level + 1);
            case Comparison(Predicate.Relation _, Value left, Value right) -> {
                collect(left, found, level + 1);
                collect(right, found, level + 1);
            }
        }
    }

    private static void collect(Value value, SequencedSet<Column> found, int level) {
        requireLevel(level);
        switch (value) {
            case Constant _ -> {
                // Reads no column.
            }
            case Column column -> found.add(column);
            case Arithmetic(Value.Operator _, Value left, Value right) -> {
                collect(left, found, level + 1);
                collect(right, found, level + 1);
            }
        }
    }

    private static void requireLevel(int level) {
        if (level > LEVELS_MAX) {
            throw new IllegalArgumentException("predicate too deep: allowed=" + LEVELS_MAX + " levels");
        }
    }
}
