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
    private Columns() {}

    /** {@return the columns, in the order in which the predicate names them} */
    static SequencedSet<Column> of(Predicate predicate) {
        SequencedSet<Column> found = new LinkedHashSet<>();
        collect(predicate, found);
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

    private static void collect(Predicate predicate, SequencedSet<Column> found) {
        switch (predicate) {
            case And(Predicate left, Predicate right) -> {
                collect(left, found);
                collect(right, found);
            }
            case Or(Predicate left, Predicate right) -> {
                collect(left, found);
                collect(right, found);
            }
            case Not(Predicate operand) -> collect(operand, found);
            case Comparison(Predicate.Relation _, Value left, Value right) -> {
                collect(left, found);
                collect(right, found);
            }
        }
    }

    private static void collect(Value value, SequencedSet<Column> found) {
        switch (value) {
            case Constant _ -> {
                // Reads no column.
            }
            case Column column -> found.add(column);
            case Arithmetic(Value.Operator _, Value left, Value right) -> {
                collect(left, found);
                collect(right, found);
            }
        }
    }
}
