package dev.ashlar.examples.filter;

import java.util.Objects;

/** A condition that a row meets or not. */
public sealed interface Predicate {
    /**
     * Compares two numbers.
     *
     * @param relation how
     * @param left the first number
     * @param right the second number, of the same type
     */
    record Comparison(Relation relation, Value left, Value right) implements Predicate {
        /** Checks the types. */
        public Comparison {
            Objects.requireNonNull(relation, "relation");
            Value.requireSameType(left, right);
        }
    }

    /**
     * Whether both hold.
     *
     * @param left the first condition
     * @param right the second condition
     */
    record And(Predicate left, Predicate right) implements Predicate {
        /** Checks for null. */
        public And {
            Objects.requireNonNull(left, "left");
            Objects.requireNonNull(right, "right");
        }
    }

    /**
     * Whether one of two holds.
     *
     * @param left the first condition
     * @param right the second condition
     */
    record Or(Predicate left, Predicate right) implements Predicate {
        /** Checks for null. */
        public Or {
            Objects.requireNonNull(left, "left");
            Objects.requireNonNull(right, "right");
        }
    }

    /**
     * Whether a condition does not hold.
     *
     * @param operand the condition
     */
    record Not(Predicate operand) implements Predicate {
        /** Checks for null. */
        public Not {
            Objects.requireNonNull(operand, "operand");
        }
    }

    /** How two numbers compare. Only {@link #NOT_EQUAL} holds for NaN, as in Java. */
    enum Relation {
        /** {@code ==}. */
        EQUAL,
        /** {@code !=}. */
        NOT_EQUAL,
        /** {@code <}. */
        LESS,
        /** {@code <=}. */
        LESS_OR_EQUAL,
        /** {@code >}. */
        GREATER,
        /** {@code >=}. */
        GREATER_OR_EQUAL
    }

    /** {@return whether both hold} */
    default Predicate and(Predicate other) {
        return new And(this, other);
    }

    /** {@return whether one of the two holds} */
    default Predicate or(Predicate other) {
        return new Or(this, other);
    }

    /** {@return whether this does not hold} */
    default Predicate not() {
        return new Not(this);
    }
}
