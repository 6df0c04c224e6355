package dev.ashlar.examples.filter;

import dev.ashlar.examples.filter.Predicate.Comparison;
import dev.ashlar.examples.filter.Predicate.Relation;
import java.util.Objects;

/**
 * A number that is computed for each row. Values of different types do not mix: an expression that does mix them throws
 * an {@link IllegalArgumentException}.
 */
public sealed interface Value {
    /** {@return the type of the number} */
    ColumnType type();

    /**
     * The number in a column.
     *
     * @param index which column of the table, from 0
     * @param type what the column holds
     */
    record Column(int index, ColumnType type) implements Value {
        /** Checks the index. */
        public Column {
            Objects.requireNonNull(type, "type");
            if (index < 0) {
                throw new IllegalArgumentException("column out of range: index=" + index);
            }
        }
    }

    /**
     * A number that is the same in each row.
     *
     * @param type its type
     * @param bits the integer, or the bits of the floating-point number
     */
    record Constant(ColumnType type, long bits) implements Value {
        /** Checks that an {@code int} is one. */
        public Constant {
            Objects.requireNonNull(type, "type");
            if (type == ColumnType.INT && bits != (int) bits) {
                throw new IllegalArgumentException("no int: " + bits);
            }
        }
    }

    /**
     * A number that is computed from two others.
     *
     * @param operator how
     * @param left the first operand
     * @param right the second operand, of the same type
     */
    record Arithmetic(Operator operator, Value left, Value right) implements Value {
        /** Checks the types. */
        public Arithmetic {
            Objects.requireNonNull(operator, "operator");
            requireSameType(left, right);
        }

        @Override
        public ColumnType type() {
            return left.type();
        }
    }

    /** How two numbers make a third. There is no division: it could trap. */
    enum Operator {
        /** The sum. */
        ADD,
        /** The difference. */
        SUBTRACT,
        /** The product. */
        MULTIPLY
    }

    /** {@return the number in a column} */
    static Value column(int index, ColumnType type) {
        return new Column(index, type);
    }

    /** {@return a constant} */
    static Value constant(int value) {
        return new Constant(ColumnType.INT, value);
    }

    /** {@return a constant} */
    static Value constant(long value) {
        return new Constant(ColumnType.LONG, value);
    }

    /** {@return a constant} */
    static Value constant(double value) {
        return new Constant(ColumnType.DOUBLE, Double.doubleToRawLongBits(value));
    }

    /** {@return the sum} */
    default Value plus(Value other) {
        return new Arithmetic(Operator.ADD, this, other);
    }

    /** {@return the difference} */
    default Value minus(Value other) {
        return new Arithmetic(Operator.SUBTRACT, this, other);
    }

    /** {@return the product} */
    default Value times(Value other) {
        return new Arithmetic(Operator.MULTIPLY, this, other);
    }

    /** {@return whether this value has a relation to another} */
    default Predicate is(Relation relation, Value other) {
        return new Comparison(relation, this, other);
    }

    /** Throws unless both values have one type. */
    static void requireSameType(Value left, Value right) {
        Objects.requireNonNull(left, "left");
        Objects.requireNonNull(right, "right");
        if (left.type() != right.type()) {
            throw new IllegalArgumentException("types do not mix: left=" + left.type() + ", right=" + right.type());
        }
    }
}
